/**
 * The page of the demo's chat, in one piece: what is said is put in as text, never as HTML.
 *
 * @module
 */

/** The page. */
export const CHAT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chat - Sluice</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2b6cb0; }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 42rem; height: 100dvh; padding: 1rem; display: flex; flex-direction: column;
    gap: .75rem; font: 1rem/1.5 system-ui, sans-serif; }
  header { display: flex; align-items: baseline; justify-content: space-between; }
  h1 { margin: 0; font-size: 1.25rem; }
  #state { font-size: .875rem; opacity: .75; }
  #lines { flex: 1; overflow-y: auto; margin: 0; padding: .75rem; list-style: none; border: 1px solid var(--line);
    border-radius: .5rem; }
  #lines li { padding: .15rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
  #lines b { color: var(--accent); margin-right: .5rem; }
  form { display: flex; gap: .5rem; }
  input, button { font: inherit; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem;
    background: var(--soft); color: inherit; min-width: 0; }
  #name { flex: 1; } #text { flex: 3; }
  button { background: var(--accent); color: #fff; border-color: transparent; cursor: pointer; }
</style>
<header><h1>Chat</h1><span id="state" role="status">connecting</span></header>
<ol id="lines" aria-live="polite" aria-label="What was said"></ol>
<form id="form">
  <input id="name" aria-label="Your name" placeholder="Name" maxlength="40" autocomplete="nickname" required>
  <input id="text" aria-label="Message" placeholder="Message" maxlength="2000" autocomplete="off" required autofocus>
  <button>Send</button>
</form>
<script>
  const [state, lines, form, name, text] = ["state", "lines", "form", "name", "text"]
    .map((id) => document.getElementById(id));
  const events = new EventSource("/chat/events");
  events.onopen = () => state.textContent = "connected";
  events.onerror = () => state.textContent = "connecting";
  events.onmessage = ({ data }) => {
    const line = JSON.parse(data);
    const item = document.createElement("li");
    const who = document.createElement("b");
    who.textContent = line.name;
    item.append(who, line.text);
    lines.append(item);
    lines.scrollTop = lines.scrollHeight;
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const body = JSON.stringify({ name: name.value, text: text.value });
    try {
      const response = await fetch("/chat/say", { method: "POST", body });
      if (!response.ok) throw new Error(response.statusText);
      text.value = "";
    } catch {
      state.textContent = "not sent";
    }
  };
</script>
</html>
`;
