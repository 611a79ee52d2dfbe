"use strict";

// Runs the extension in an editor made of paper: it notes what is registered and answers as the editor would.
// usage: node editor_stub.js EXTENSION COMMAND FILE... prints what the extension made of the files, as JSON.

const fs = require("fs");
const Module = require("module");
const path = require("path");

const [extension, command, ...files] = process.argv.slice(2);
const registered = {};
const handlers = {};
const note = (name) => (key, value) => {
  registered[name] = { key, value };
  return { dispose() {} };
};
const on = (name) => (handler) => {
  handlers[name] = handler;
  return { dispose() {} };
};
const record = (type) =>
  class {
    constructor(...values) {
      Object.assign(this, { type, values });
    }
  };

// What views were shown, what they were told to say anew, and what was asked of the debugger for them.
const views = { shown: [], stale: [], asked: [] };
const session = {
  type: "lpu",
  customRequest: async (name, values) => {
    if (name === "variables") {
      const parts = Array.from({ length: values.variablesReference }, (_, number) => `part ${number}`);
      return { variables: parts.map((value) => ({ value, variablesReference: values.variablesReference - 7 })) };
    }
    views.asked.push([name, values]);
    if (values.expression === "why r4") {
      throw new Error("nobody knows");
    }
    const variablesReference = values.expression.startsWith("why") ? 8 : 0;
    return { result: `answer to ${values.expression}`, variablesReference };
  },
};

const vscode = {
  EventEmitter: class {
    event = () => {};
    fire(uri) {
      views.stale.push(uri.query);
    }
  },
  Diagnostic: class {
    constructor(range, message, severity) {
      Object.assign(this, { range, message, severity });
    }
  },
  DiagnosticSeverity: { Error: "error", Warning: "warning", Information: "note" },
  DiagnosticRelatedInformation: record("related"),
  Location: record("location"),
  Range: record("range"),
  TextEdit: { replace: (range, text) => ({ range, text }) },
  DebugAdapterServer: record("server"),
  DebugAdapterExecutable: record("executable"),
  Uri: { file: (name) => ({ fsPath: name, scheme: "file" }), from: (parts) => parts },
  ViewColumn: { Beside: -2 },
  commands: {
    registerCommand: (name, run) => {
      handlers[name] = run;
      return { dispose() {} };
    },
  },
  debug: {
    activeDebugSession: undefined,
    registerDebugAdapterDescriptorFactory: note("adapter"),
    registerDebugAdapterTrackerFactory: note("tracker"),
    registerDebugConfigurationProvider: note("configuration"),
  },
  languages: {
    createDiagnosticCollection: () => ({ set: (uri, list) => handlers.found(uri, list), delete: () => handlers.found() }),
    registerDocumentFormattingEditProvider: note("format"),
  },
  window: {
    activeTextEditor: undefined,
    setStatusBarMessage: (text) => handlers.message(text),
    showInputBox: async () => "C[0, 3]",
    showTextDocument: async (document) => views.shown.push([document.uri.path, document.text]),
  },
  workspace: {
    getConfiguration: () => ({ get: (name) => ({ command, check: true })[name] }),
    getWorkspaceFolder: () => undefined,
    onDidOpenTextDocument: on("open"),
    onDidSaveTextDocument: on("save"),
    onDidCloseTextDocument: on("close"),
    openTextDocument: async (uri) => {
      const document = { uri, text: await registered.view.value.provideTextDocumentContent(uri) };
      vscode.workspace.textDocuments.push(document);
      return document;
    },
    registerTextDocumentContentProvider: note("view"),
    textDocuments: [],
    workspaceFolders: [{ uri: { fsPath: process.cwd() } }],
  },
};

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));

function documentOf(name) {
  const text = fs.readFileSync(name, "utf8");
  const uri = vscode.Uri.file(path.resolve(name));
  return { languageId: "lpu-asm", uri, getText: () => text, lineCount: text.split("\n").length };
}

// What a save leads to: the diagnostics, or the message that says why there are none.
function saved(document) {
  return new Promise((resolve) => {
    const messages = [];
    handlers.message = (text) => resolve({ failed: text });
    handlers.found = (uri, list) => list && resolve({ diagnostics: list, messages });
    handlers.save(document);
  });
}

// A view without a program, with one, and at a stop; why, of what is typed and of what is selected.
async function look() {
  await handlers["lpu.floor"]();
  vscode.debug.activeDebugSession = session;
  await handlers["lpu.timeline"]();
  await handlers["lpu.why"]();
  vscode.window.activeTextEditor = { document: { getText: () => " r4 " } };
  await handlers["lpu.why"]();
  const tracker = registered.tracker.value.createDebugAdapterTracker();
  tracker.onDidSendMessage({ type: "event", event: "output" });
  tracker.onDidSendMessage({ type: "event", event: "stopped" });
  return views;
}

async function main() {
  const subscriptions = [];
  require(path.resolve(extension)).activate({ subscriptions });
  const made = {};
  for (const name of files) {
    const document = documentOf(name);
    const edits = await registered.format.value.provideDocumentFormattingEdits(document).catch((error) => error.code);
    made[name] = { ...(await saved(document)), edits };
  }
  const { createDebugAdapterDescriptor } = registered.adapter.value;
  const { resolveDebugConfiguration } = registered.configuration.value;
  const nothing = resolveDebugConfiguration(undefined, {});
  const looked = await look();
  vscode.window.activeTextEditor = { document: documentOf(files[0]) };
  console.log(
    JSON.stringify({
      made,
      looked,
      types: [registered.adapter.key, registered.configuration.key, registered.format.key],
      started: createDebugAdapterDescriptor({ configuration: {} }),
      attached: createDebugAdapterDescriptor({ configuration: { port: 4711 } }),
      kept: resolveDebugConfiguration(undefined, { type: "lpu", name: "mine" }),
      nothing: nothing === undefined,
      offered: resolveDebugConfiguration(undefined, {}),
    })
  );
}

main();
