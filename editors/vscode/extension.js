"use strict";

// What the editor asks of the command `lpu`: the debug adapter, checks and formatting. No other part of the toolchain
// is needed here.

const { execFile } = require("child_process");
const path = require("path");
const vscode = require("vscode");

const LANGUAGE = "lpu-asm";
const DEBUGGER = "lpu";
const VIEW = "lpu-view"; // the scheme of documents that show what the debugger says
const MAX_DEPTH = 4; // of an answer that unfolds
const MAX_PARTS = 6; // of each part of it
const MAX_OUTPUT = 64 << 20; // bytes of what a command prints
const TIME_LIMIT = 30_000; // milliseconds for a check or for formatting

function activate(context) {
  const found = vscode.languages.createDiagnosticCollection("lpu");
  const check = (document) => checkDocument(document, found);
  context.subscriptions.push(
    found,
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUGGER, { createDebugAdapterDescriptor }),
    vscode.debug.registerDebugConfigurationProvider(DEBUGGER, { resolveDebugConfiguration }),
    vscode.debug.registerDebugAdapterTrackerFactory(DEBUGGER, { createDebugAdapterTracker }),
    vscode.workspace.registerTextDocumentContentProvider(VIEW, { provideTextDocumentContent, onDidChange: stale.event }),
    vscode.commands.registerCommand("lpu.floor", () => show("floor plan", "floor")),
    vscode.commands.registerCommand("lpu.timeline", () => show("timeline", "timeline")),
    vscode.commands.registerCommand("lpu.why", showWhy),
    vscode.languages.registerDocumentFormattingEditProvider(LANGUAGE, { provideDocumentFormattingEdits }),
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidSaveTextDocument(check),
    vscode.workspace.onDidCloseTextDocument((document) => found.delete(document.uri))
  );
  vscode.workspace.textDocuments.forEach(check);
}

// The command -------------------------------------------------------------------------------------
function folderOf(uri) {
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  const first = vscode.workspace.workspaceFolders && vscode.workspace.workspaceFolders[0];
  return (folder || first || { uri: undefined }).uri?.fsPath;
}

function commandFor(uri) {
  const named = vscode.workspace.getConfiguration("lpu", uri).get("command") || "lpu";
  return named.replaceAll("${workspaceFolder}", folderOf(uri) || ".");
}

// Run `lpu` with arguments and a text for its standard input; what it printed, whatever its exit status.
function run(uri, words, input) {
  const options = { cwd: folderOf(uri) || path.dirname(uri.fsPath), maxBuffer: MAX_OUTPUT, timeout: TIME_LIMIT };
  return new Promise((resolve, reject) => {
    const child = execFile(commandFor(uri), words, options, (error, stdout) => {
      if (error && typeof error.code !== "number") {
        reject(error);
      } else {
        resolve({ status: error ? error.code : 0, stdout });
      }
    });
    child.stdin.on("error", () => {}); // it ended before it had read everything: its status says why
    child.stdin.end(input || "");
  });
}

// Debugging ---------------------------------------------------------------------------------------
function createDebugAdapterDescriptor(session) {
  const { port } = session.configuration;
  if (port) {
    return new vscode.DebugAdapterServer(port, "127.0.0.1");
  }
  const uri = session.workspaceFolder && session.workspaceFolder.uri;
  return new vscode.DebugAdapterExecutable(commandFor(uri), ["dap"], { cwd: folderOf(uri) });
}

// Without a launch.json the file in the editor is debugged, from its first cycle on.
function resolveDebugConfiguration(folder, configuration) {
  if (configuration.type || configuration.request || configuration.name) {
    return configuration;
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.document.languageId !== LANGUAGE) {
    return undefined;
  }
  const name = path.basename(editor.document.uri.fsPath);
  return { type: DEBUGGER, request: "launch", name: `Debug ${name}`, program: "${file}", stopOnEntry: true };
}

// Views -------------------------------------------------------------------------------------------
// A view is a document with the answer to a command of the debugger, asked anew at every stop.
const stale = new vscode.EventEmitter();

async function show(title, command) {
  const uri = vscode.Uri.from({ scheme: VIEW, path: title, query: command });
  const document = await vscode.workspace.openTextDocument(uri);
  const options = { preview: false, preserveFocus: true, viewColumn: vscode.ViewColumn.Beside };
  await vscode.window.showTextDocument(document, options);
}

async function showWhy() {
  const editor = vscode.window.activeTextEditor;
  const chosen = editor ? editor.document.getText(editor.selection).trim() : "";
  const prompt = "A register, an element, a lane of a stream: r4, C[0, 3], se4@mw3";
  const target = chosen || (await vscode.window.showInputBox({ title: "Why is this value what it is?", prompt }));
  if (target) {
    await show(`why ${target}`, `why ${target}`);
  }
}

async function provideTextDocumentContent(uri) {
  const session = vscode.debug.activeDebugSession;
  if (!session || session.type !== DEBUGGER) {
    return "No program is being debugged.";
  }
  try {
    const answer = await session.customRequest("evaluate", { expression: uri.query, context: "repl" });
    return (await unfolded(session, answer)).join("\n");
  } catch (error) {
    return error.message;
  }
}

// The lines of an answer and of what it is made of, indented; of much only the beginning.
async function unfolded(session, { result, variablesReference }, depth = 0) {
  const lines = result.split("\n").map((line) => "    ".repeat(depth) + line);
  if (!variablesReference || depth === MAX_DEPTH) {
    return lines;
  }
  const { variables } = await session.customRequest("variables", { variablesReference });
  for (const each of variables.slice(0, MAX_PARTS)) {
    const part = { result: each.value, variablesReference: each.variablesReference };
    lines.push(...(await unfolded(session, part, depth + 1)));
  }
  if (variables.length > MAX_PARTS) {
    lines.push(`${"    ".repeat(depth + 1)}... and ${variables.length - MAX_PARTS} more`);
  }
  return lines;
}

function createDebugAdapterTracker() {
  const onDidSendMessage = (message) => {
    if (message.type === "event" && message.event === "stopped") {
      const views = vscode.workspace.textDocuments.filter((document) => document.uri.scheme === VIEW);
      views.forEach((document) => stale.fire(document.uri));
    }
  };
  return { onDidSendMessage };
}

// Formatting --------------------------------------------------------------------------------------
async function provideDocumentFormattingEdits(document) {
  const before = document.getText();
  const { status, stdout } = await run(document.uri, ["fmt", "-"], before);
  if (status !== 0 || stdout === before) {
    return [];
  }
  return [vscode.TextEdit.replace(new vscode.Range(0, 0, document.lineCount, 0), stdout)];
}

// Checks ------------------------------------------------------------------------------------------
async function checkDocument(document, found) {
  const wanted = vscode.workspace.getConfiguration("lpu", document.uri).get("check");
  if (document.languageId !== LANGUAGE || document.uri.scheme !== "file" || !wanted) {
    return;
  }
  const file = document.uri.fsPath;
  try {
    const { stdout } = await run(document.uri, ["check", "--json", file]);
    const { diagnostics } = JSON.parse(stdout);
    found.set(document.uri, diagnostics.map((data) => diagnosticOf(data, file, document.uri)));
  } catch (error) {
    found.delete(document.uri);
    vscode.window.setStatusBarMessage(`lpu check: ${error.message}`, 10_000);
  }
}

const SEVERITIES = { error: "Error", warning: "Warning", note: "Information" };

// A message about another file stands at the beginning of this one and leads there.
function diagnosticOf(data, file, uri) {
  const here = data.file === file;
  const text = [data.message, ...(data.help ? [`help: ${data.help}`] : [])].join("\n");
  const severity = vscode.DiagnosticSeverity[SEVERITIES[data.severity]];
  const made = new vscode.Diagnostic(here ? rangeOf(data) : new vscode.Range(0, 0, 0, 1), text, severity);
  const others = [...(here ? [] : [data]), ...data.notes, ...data.trail].filter((other) => other.line > 0);
  made.source = "lpu";
  made.code = data.code;
  made.relatedInformation = others.map(
    (other) => new vscode.DiagnosticRelatedInformation(locationOf(other, file, uri), other.message)
  );
  return made;
}

function locationOf(place, file, uri) {
  const target = place.file === file ? uri : vscode.Uri.file(path.resolve(folderOf(uri) || ".", place.file));
  return new vscode.Location(target, rangeOf(place));
}

function rangeOf({ line, column, end_column: end }) {
  return new vscode.Range(line - 1, column - 1, line - 1, Math.max(end, column + 1) - 1);
}

module.exports = { activate };
