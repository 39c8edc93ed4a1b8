/**
 * The life of a connection: two states, reading and writing, and the moves that each may make. The tables are the whole
 * truth; the diagram in core/README.md is drawn from them, and a test compares the two.
 *
 * The tables do not know which role we play: a server reads requests and writes responses, a client the reverse.
 *
 * @module
 */

/** Where we are in what the peer sends. */
export type ReadingState = "head" | "content" | "done" | "tunnel" | "closed";

/** Where we are in what we send. */
export type WritingState = "idle" | "interim" | "content" | "done" | "tunnel" | "closed";

/** What moves both. */
export type JointEvent = "start over" | "switch protocols" | "close";

/** What moves the reading state. */
export type ReadingEvent =
  | "head with content"
  | "head without content"
  | "end of content"
  | "further content" // only with `allowContentPerContinue`
  | JointEvent;

/** What moves the writing state. */
export type WritingEvent = "inform" | "begin" | "finish" | JointEvent;

/** For each state, where its events lead; an event that is not there is illegal in that state. */
export type Moves<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** The moves of the reading state. */
export const READING_MOVES: Moves<ReadingState, ReadingEvent> = {
  "head": { "head with content": "content", "head without content": "done", "close": "closed" },
  "content": { "end of content": "done", "close": "closed" },
  "done": { "further content": "content", "start over": "head", "switch protocols": "tunnel", "close": "closed" },
  "tunnel": { "close": "closed" },
  "closed": { "close": "closed" },
};

/** The moves of the writing state. */
export const WRITING_MOVES: Moves<WritingState, WritingEvent> = {
  "idle": { "inform": "interim", "begin": "content", "switch protocols": "tunnel", "close": "closed" },
  "interim": { "inform": "interim", "begin": "content", "switch protocols": "tunnel", "close": "closed" },
  "content": { "finish": "done", "close": "closed" },
  // A client has finished its request when the answer switches protocols.
  "done": { "start over": "idle", "switch protocols": "tunnel", "close": "closed" },
  "tunnel": { "close": "closed" },
  "closed": { "close": "closed" },
};

/** Why a connection is not kept. */
export type CloseReason =
  | "asked" // the peer's `connection: close`
  | "version" // HTTP/1.0 without keep-alive
  | "application" // our application's `connection: close`, or its failure
  | "unread-content" // too much of it to read away
  | "close-delimited" // the end of the content is the end of the connection
  | "shutdown" // the server drains
  | "protocol-error" // the peer broke a rule
  | "deadline" // the peer was too slow
  | "peer"; // the peer has ended

/**
 * Moves a state by its table.
 *
 * @param moves The table
 * @param state Where it is
 * @param event What happened
 * @returns Where it is now
 * @throws {Error} If the move is illegal: a bug of the caller
 */
export function move<State extends string, Event extends string>(
  moves: Moves<State, Event>,
  state: State,
  event: Event,
): State {
  const next = moves[state][event];
  if (next === undefined) throw new Error(`Cannot move connection: "${event}" in state "${state}"`);
  return next;
}

/**
 * Moves the reading state.
 *
 * @param state Where it is
 * @param event What happened
 * @returns Where it is now
 * @throws {Error} As `move`
 */
export function moveReading(state: ReadingState, event: ReadingEvent): ReadingState {
  // The way of nearly every exchange is looked up by names that stand here: by names that vary, five moves take 100 ns.
  if (event === "head without content" && state === "head") return READING_MOVES.head["head without content"]!;
  if (event === "start over" && state === "done") return READING_MOVES.done["start over"]!;
  return move(READING_MOVES, state, event);
}

/**
 * Moves the writing state.
 *
 * @param state Where it is
 * @param event What happened
 * @returns Where it is now
 * @throws {Error} As `move`
 */
export function moveWriting(state: WritingState, event: WritingEvent): WritingState {
  if (event === "begin" && state === "idle") return WRITING_MOVES.idle.begin!;
  if (event === "finish" && state === "content") return WRITING_MOVES.content.finish!;
  if (event === "start over" && state === "done") return WRITING_MOVES.done["start over"]!;
  return move(WRITING_MOVES, state, event);
}

/**
 * The joint rule: says what both states do together.
 *
 * @param reading The reading state
 * @param writing The writing state
 * @param persistent Whether the connection may live on
 * @returns Both start over, or both close, or undefined while one of them is not done
 */
export function jointEvent(
  reading: ReadingState,
  writing: WritingState,
  persistent: boolean,
): "start over" | "close" | undefined {
  if (reading !== "done" || writing !== "done") return undefined;
  return persistent ? "start over" : "close";
}
