// Sessions with the debug adapter, by the client that editors test theirs with.
//
//     node sessions.js PYTHON PROGRAMS MESSAGES.ts
//
// Each session is a function below. All messages of the adapter are written down as values of the protocol's types, for
// the compiler of TypeScript to check.

"use strict";

const assert = require("assert");
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { DebugClient } = require("@vscode/debugadapter-testsupport");

const [python, programs, output] = process.argv.slice(2);
const MATMUL = path.join(programs, "matmul.s");
const GEMM = path.join(programs, "tensor", "gemm_i8.s");
const SOFTMAX = path.join(programs, "tensor", "linear", "softmax.s");
const CORE = { threadId: 1 };
const PATIENCE = 100000; // milliseconds for anything, on a machine with much to do
const LATE = 5; // milliseconds after which messages are looked at, all that came together

const received = [];

// What a promise gives; an error that says what is missing when it does not in time.
function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    const last = () => JSON.stringify(received.slice(-3));
    timer = setTimeout(() => reject(new Error(`${what} did not come in ${PATIENCE} ms; the last were ${last()}`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// It looks at what came only a little later, as one that has much to do: an event may then come with the response
// before it, and a session that does not expect it yet has lost it.
class Client extends DebugClient {
  constructor() {
    super(python, path.join(__dirname, "adapter.py"), "lpu", { cwd: os.tmpdir() }, true);
    this.defaultTimeout = 2 * PATIENCE; // which it heeds through standard streams alone
    this.came = [];
  }

  handleData(data) {
    if (this.came.push(data) > 1) return;
    setTimeout(() => super.handleData(Buffer.concat(this.came.splice(0))), LATE);
  }

  dispatch(body) {
    received.push(JSON.parse(body));
    super.dispatch(body);
  }

  waitForEvent(name, ...more) {
    return within(super.waitForEvent(name, ...more), `the event ${name}`);
  }

  send(command, ...more) {
    return within(super.send(command, ...more), `the response to ${command}`);
  }

  // Bring a program to its start and set breakpoints there.
  async begin(program, more = {}) {
    const initialized = this.waitForEvent("initialized");
    await this.launch({ program, stopOnEntry: true, ...more });
    await initialized;
    await Promise.all([this.configurationDone(), this.stopped("entry")]);
  }

  async stopped(reason) {
    const { body } = await this.waitForEvent("stopped");
    assert.strictEqual(body.reason, reason);
    return body;
  }

  // Send a request that moves, and wait for where it ends.
  async move(command, reason, more = {}) {
    const [stopped] = await Promise.all([this.stopped(reason), this.send(command, { ...CORE, ...more })]);
    return stopped;
  }

  async breakAt(file, ...breakpoints) {
    const { body } = await this.setBreakpointsRequest({ source: { path: file }, breakpoints });
    return body.breakpoints;
  }

  async value(expression, context = "watch") {
    return (await this.evaluateRequest({ expression, context })).body.result;
  }

  async line() {
    return (await this.stackTraceRequest(CORE)).body.stackFrames[0].line;
  }

  async scope(name) {
    const { body } = await this.scopesRequest({ frameId: 1 });
    return body.scopes.find((scope) => scope.name === name).variablesReference;
  }

  async variables(variablesReference, more = {}) {
    const { body } = await this.variablesRequest({ variablesReference, ...more });
    return Object.fromEntries(body.variables.map((variable) => [variable.name, variable]));
  }

  // An element of a matrix, as requests name a child of what is unfolded.
  async element(name, row, column) {
    const tensors = await this.variables(await this.scope("Tensors"));
    const rows = await this.variables(tensors[name].variablesReference);
    return { variablesReference: rows[`[${row}]`].variablesReference, name: `[${column}]` };
  }
}

async function aBreakpointIsHitAtOnce(client) {
  await client.hitBreakpoint({ program: MATMUL }, { path: MATMUL, line: 44 });
}

async function conditionsStepsAndTheWayBack(client) {
  await client.begin(MATMUL);
  const [inner, beyond] = await client.breakAt(MATMUL, { line: 44, condition: "r4 == 2" }, { line: 4000 });
  assert.ok(inner.verified && !beyond.verified && beyond.message);
  await client.move("continue", "breakpoint");
  assert.strictEqual(await client.value("r4"), "2");
  const first = Number(await client.value("cycle"));
  await client.move("next", "step");
  await client.move("stepBack", "step");
  assert.strictEqual(Number(await client.value("cycle")), first);
  await client.move("continue", "breakpoint");
  await client.move("reverseContinue", "breakpoint");
  assert.strictEqual(Number(await client.value("cycle")), first);
  await client.move("reverseContinue", "entry");
  assert.strictEqual(await client.value("cycle"), "0");
}

async function dataIsWatchedAndChanged(client) {
  await client.begin(MATMUL);
  const info = await client.dataBreakpointInfoRequest(await client.element("C", 1, 2));
  assert.strictEqual(info.body.dataId, "C[1, 2]");
  const { dataId } = info.body;
  await client.setDataBreakpointsRequest({ breakpoints: [{ dataId, accessType: "write" }] });
  await client.move("continue", "data breakpoint");
  assert.strictEqual(await client.value("C[1, 2]"), "188");
  const changed = await client.setVariableRequest({ ...(await client.element("C", 1, 2)), value: "5" });
  assert.strictEqual(changed.body.value, "5");
  await client.move("continue", "halted");
  assert.strictEqual(await client.value("C[1]"), "[240, 214, 5, 162]");
  assert.strictEqual(await client.value("C[3]"), "[560, 502, 444, 386]");
  await client.move("stepBack", "step");
}

async function theEndIsTheEnd(client) {
  const ended = Promise.all([client.waitForEvent("exited"), client.waitForEvent("terminated")]);
  const initialized = client.waitForEvent("initialized");
  await client.launch({ program: MATMUL });
  await initialized;
  await client.setExceptionBreakpointsRequest({ filters: [] });
  await client.configurationDone();
  const [exited] = await ended;
  assert.strictEqual(exited.body.exitCode, 0);
}

async function tensorsStreamsAndUnits(client) {
  await client.begin(GEMM, { uninit: "zero" });
  const asked = { breakpoints: [{ name: "P0.abc@40" }, { name: "nowhere" }] };
  const { body } = await client.setFunctionBreakpointsRequest(asked);
  assert.deepStrictEqual(body.breakpoints.map((each) => each.verified), [true, false]);
  await client.move("continue", "function breakpoint");
  const names = (await client.scopesRequest({ frameId: 1 })).body.scopes.map((scope) => scope.name);
  for (const name of names) {
    await client.variables(await client.scope(name));
  }
  const units = await client.variables(await client.scope("Units"));
  assert.match(units["P0.abc"].value, /^13 of 640 elements issued, the last in 667, by `abc/);
  const tensors = await client.variables(await client.scope("Tensors"));
  const page = await client.variables(tensors.x_top.variablesReference, { filter: "indexed", start: 300, count: 5 });
  assert.deepStrictEqual(Object.keys(page), ["[300]", "[301]", "[302]", "[303]", "[304]"]);
}

async function throughTimeToALine(client) {
  await client.begin(SOFTMAX, { uninit: "zero" });
  const { body } = await client.gotoTargetsRequest({ source: { path: SOFTMAX }, line: 12 });
  await client.move("goto", "goto", { targetId: body.targets[0].id });
  const there = Number(await client.value("cycle"));
  await client.move("next", "step");
  await client.move("goto", "goto", { targetId: body.targets[1].id });
  assert.strictEqual(Number(await client.value("cycle")), there);
  assert.strictEqual(await client.line(), 12);
  const completions = await client.completionsRequest({ text: "y_w", column: 4 });
  assert.deepStrictEqual(completions.body.targets.map((target) => target.label), ["y_west"]);
}

async function bytesAndBundles(client) {
  await client.begin(MATMUL);
  const memoryReference = (await client.evaluateRequest({ expression: "A" })).body.memoryReference;
  const read = await client.customRequest("readMemory", { memoryReference, count: 8 });
  assert.deepStrictEqual([...Buffer.from(read.body.data, "base64")], [1, 0, 0, 0, 2, 0, 0, 0]);
  const data = Buffer.from([7, 0, 0, 0]).toString("base64");
  await client.customRequest("writeMemory", { memoryReference, offset: 4, data });
  assert.strictEqual(await client.value("A[0, 1]"), "7");
  const around = { memoryReference: "0x0", instructionOffset: -2, instructionCount: 50, resolveSymbols: true };
  const { instructions } = (await client.disassembleRequest(around)).body;
  assert.strictEqual(instructions.length, 50);
  assert.deepStrictEqual(instructions.slice(0, 3).map((each) => each.address), ["-2", "-1", "0x0"]);
  const place = { instructionReference: instructions[5].address };
  await client.customRequest("setInstructionBreakpoints", { breakpoints: [place] });
  await client.move("continue", "instruction breakpoint");
}

async function aFaultIsAnException(client) {
  const program = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "lpu-")), "fault.s");
  fs.writeFileSync(program, "        mov r1, 0\n        mov r2, 7\n        div r3, r2, r1\n        halt 0\n");
  try {
    const stopped = client.stopped("exception");
    await Promise.all([client.configurationSequence(), client.launch({ program }), stopped]);
    const { body } = await client.exceptionInfoRequest(CORE);
    assert.strictEqual(body.exceptionId, "E-DIV");
    assert.match(body.description, /divides 7 by zero/);
    await client.setVariableRequest({ variablesReference: await client.scope("Registers"), name: "r1", value: "2" });
    await client.move("continue", "halted");
    assert.strictEqual(await client.value("r3"), "3");
    await Promise.all([client.stopped("exception"), client.restartRequest({})]);
  } finally {
    fs.rmSync(path.dirname(program), { recursive: true });
  }
}

async function anEndlessRunIsPaused(client) {
  const initialized = client.waitForEvent("initialized");
  await client.launch({ text: "again:  add r1, r1, 1\n        jmp again\n" });
  await initialized;
  await client.configurationDone();
  assert.strictEqual((await client.threadsRequest()).body.threads.length, 1);
  while (Number(await client.value("cycle")) < 1000); // each question interrupts, none stops
  await client.move("pause", "pause");
  assert.ok(Number(await client.value("cycle")) >= 1000);
  const { body } = await client.customRequest("loadedSources", {});
  const { sourceReference } = body.sources[0];
  assert.match((await client.sourceRequest({ sourceReference })).body.content, /^again:/);
}

async function whatIsWrongIsSaid(client) {
  await client.initializeRequest();
  const nowhere = path.join(programs, "nowhere.s");
  await assert.rejects(client.launchRequest({ program: nowhere }), /nowhere\.s/);
  await assert.rejects(client.customRequest("bogus"), /there is no request `bogus`/);
}

const SESSIONS = [
  aBreakpointIsHitAtOnce, conditionsStepsAndTheWayBack, dataIsWatchedAndChanged, theEndIsTheEnd,
  tensorsStreamsAndUnits, throughTimeToALine, bytesAndBundles, aFaultIsAnException, anEndlessRunIsPaused,
  whatIsWrongIsSaid,
];

// What the protocol's types call a message: `StackTraceResponse`, `StoppedEvent`; of refusals `ErrorResponse`.
function typeOf(message) {
  const name = message.type === "event" ? message.event : message.command;
  if (message.type === "response" && !message.success) return "ErrorResponse";
  return name[0].toUpperCase() + name.slice(1) + (message.type === "event" ? "Event" : "Response");
}

function typed(messages) {
  const head = 'import { DebugProtocol } from "@vscode/debugprotocol";\n';
  const lines = messages.map(
    (message, k) => `export const m${k}: DebugProtocol.${typeOf(message)} = ${JSON.stringify(message)};\n`);
  return head + lines.join("");
}

// Start an adapter that waits at a port; gives the process and the port.
function listening() {
  const adapter = spawn(python, ["-m", "lpu", "dap", "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  const started = new Promise((resolve, reject) => {
    adapter.once("exit", () => reject(new Error("the adapter did not start")));
    adapter.stderr.once("data", (line) => resolve([adapter, Number(/:(\d+)\s*$/.exec(line)[1])]));
  });
  return within(started, "the port of the adapter");
}

async function run(session, port) {
  const client = new Client();
  try {
    await client.start(port);
    await session(client);
    console.log(`ok ${session.name}`);
  } finally {
    await client.stop();
  }
}

// The first through the standard streams of an adapter of its own, the others through a port.
async function main() {
  const [first, ...others] = SESSIONS;
  await run(first);
  const [adapter, port] = await listening();
  try {
    for (const session of others) await run(session, port);
  } finally {
    adapter.kill();
  }
  fs.writeFileSync(output, typed(received));
}

main().catch((error) => {
  console.error(error);
  process.exit(1); // whatever else is waited for
});
