// Hands payloads to what others wrote, and prints whom each of them does not please, as one object of JSON.
//
//   node validate.mjs payloads.json      (MODELPIN_VALIDATORS is the folder that has node_modules)
//
// In: {"messages": [{"name", "payload"}], "responses": [the same], "commands": [the same], "alike": [{"name", "content", "like"}]}.
// Out: {"builders": {"tried", "refused": [[name, why]]}, "types": …, "markdown": …}.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = process.env.MODELPIN_VALIDATORS ?? import.meta.dirname;
const require = createRequire(join(root, "package.json"));
const builders = require("@discordjs/builders");
const markdown = require("discord-markdown-parser");
const ts = require("typescript");

const given = { messages: [], responses: [], commands: [], alike: [], ...JSON.parse(readFileSync(process.argv[2], "utf8")) };

function verdict(cases, check) {
  const refused = [];
  for (const one of cases) {
    try {
      check(one);
    } catch (error) {
      refused.push([one.name, String(error.message ?? error).slice(0, 500)]);
    }
  }
  return { tried: cases.length, refused };
}

// Every setter of a builder checks what it takes; toJSON checks what is missing.
function build(component) {
  if (component.type === 2) {
    return new builders.ButtonBuilder()
      .setStyle(component.style)
      .setLabel(component.label)
      .setCustomId(component.custom_id);
  }
  if (component.type !== 3) throw new Error(`a component of type ${component.type}`);
  const options = component.options.map((option) => {
    const built = new builders.StringSelectMenuOptionBuilder().setLabel(option.label).setValue(option.value);
    if (option.description !== undefined) built.setDescription(option.description);
    if (option.default !== undefined) built.setDefault(option.default);
    return built;
  });
  return new builders.StringSelectMenuBuilder()
    .setCustomId(component.custom_id)
    .setPlaceholder(component.placeholder)
    .addOptions(...options);
}

function rows({ payload }) {
  for (const row of payload.components) {
    const built = new builders.ActionRowBuilder().addComponents(...row.components.map(build)).toJSON();
    const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
    if (!same(built, row)) throw new Error(`built otherwise: ${JSON.stringify(built)}`);
  }
}

function command({ payload }) {
  const built = new builders.SlashCommandBuilder().setName(payload.name).setDescription(payload.description);
  for (const option of payload.options) {
    built.addStringOption((it) =>
      it.setName(option.name).setDescription(option.description).setRequired(option.required)
        .setAutocomplete(option.autocomplete).setMaxLength(option.max_length));
  }
  built.toJSON();
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

// Each payload is a literal of the type that discord-api-types has for it: a wrong or unknown key is an error.
function types() {
  const cases = [
    ...given.messages.map((one) => [one, "RESTPostAPIChannelMessageJSONBody"]),
    ...given.responses.map((one) => [one, "APIInteractionResponse"]),
    ...given.commands.map((one) => [one, "RESTPostAPIApplicationCommandsJSONBody"]),
  ];
  // Flags are added up: a sum is no member of their enumeration, but a number like every other.
  const literal = (payload) => JSON.stringify(payload).replaceAll(/"flags":(\d+)/g, '"flags":$1 as number');
  const lines = cases.map(([one, type], n) => `export const p${n}: ${type} = ${literal(one.payload)};`);
  const names = "RESTPostAPIChannelMessageJSONBody, APIInteractionResponse, RESTPostAPIApplicationCommandsJSONBody";
  const file = join(root, "payloads.ts");
  const source = `import type { ${names} } from "discord-api-types/v10";\n${lines.join("\n")}\n`;
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022) : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([file], options, host);
  const refused = ts.getPreEmitDiagnostics(program).map((found) => {
    const why = ts.flattenDiagnosticMessageText(found.messageText, " ");
    if (found.file?.fileName !== file) throw new Error(why);
    const line = found.file.getLineAndCharacterOfPosition(found.start).line - 1;
    return [cases[line]?.[0].name ?? "the import", why.slice(0, 500)];
  });
  return { tried: cases.length, refused };
}

// The markup of a text without its words: names must not change it. An emoji is a word. A name with a backtick stands
// outside of code.
function structure(node, words) {
  if (Array.isArray(node)) return node.map((one) => structure(one, words)).flat();
  if (words.includes(node.type)) return [];
  const within = Array.isArray(node.content) ? structure(node.content, words) : [];
  return [node.type, ...(within.length > 0 ? [within] : [])];
}

function alike({ name, content, like }) {
  const words = ["text", "br", "twemoji", ...(name.includes("`") ? ["inlineCode"] : [])];
  const [got, wanted] = [content, like].map((text) => JSON.stringify(structure(markdown.parse(text, "normal"), words)));
  if (got !== wanted) throw new Error(`${got} instead of ${wanted}: ${content}`);
}

process.stdout.write(JSON.stringify({
  builders: verdict(given.messages, rows),
  commands: verdict(given.commands, command),
  types: types(),
  markdown: verdict(given.alike, alike),
}) + "\n");
