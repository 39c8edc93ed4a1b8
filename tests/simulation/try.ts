import { World } from "./world.ts";
const seed=Number(Deno.args[0]??1), n=Number(Deno.args[1]??1000);
const log=Deno.args.includes("--trace")?(l:string)=>console.log(l):undefined;
const t=performance.now();
const w=new World({seed,exchanges:n,...(log?{log}:{})});
await w.run();
console.log(w.faults.slice(0,5).join("\n"));console.log(String(w.tally));console.log(String(w.hash),w.clock.events,(performance.now()-t).toFixed(0)+" ms");
