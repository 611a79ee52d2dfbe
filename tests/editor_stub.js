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

const vscode = {
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
  Uri: { file: (name) => ({ fsPath: name, scheme: "file" }) },
  debug: {
    registerDebugAdapterDescriptorFactory: note("adapter"),
    registerDebugConfigurationProvider: note("configuration"),
  },
  languages: {
    createDiagnosticCollection: () => ({ set: (uri, list) => handlers.found(uri, list), delete: () => handlers.found() }),
    registerDocumentFormattingEditProvider: note("format"),
  },
  window: { activeTextEditor: undefined, setStatusBarMessage: (text) => handlers.message(text) },
  workspace: {
    getConfiguration: () => ({ get: (name) => ({ command, check: true })[name] }),
    getWorkspaceFolder: () => undefined,
    onDidOpenTextDocument: on("open"),
    onDidSaveTextDocument: on("save"),
    onDidCloseTextDocument: on("close"),
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
  vscode.window.activeTextEditor = { document: documentOf(files[0]) };
  console.log(
    JSON.stringify({
      made,
      subscriptions: subscriptions.length,
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
