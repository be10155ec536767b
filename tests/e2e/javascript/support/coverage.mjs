// Which public methods of the SDK's clients a test has called.

import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** The folder in which the SDK is installed. */
export const sdkFolder = path.resolve(
  path.dirname(createRequire(import.meta.url).resolve("@io-orkes/conductor-javascript")),
  "..",
);

/** JavaScript has no private methods here; the SDK's declarations name them. */
async function privateMethods(name) {
  const folder = path.join(sdkFolder, "dist");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".d.ts"));
  for (const file of files) {
    const text = await readFile(path.join(folder, file), "utf8");
    const [, body] = text.split(new RegExp(`^declare class ${name}\\b`, "m"));
    if (body === undefined) continue;
    const end = body.indexOf("\n}");
    return new Set(
      [...body.slice(0, end).matchAll(/^\s+private (?:readonly )?(\w+)/gm)].map((match) => match[1]),
    );
  }
  throw new Error(`the SDK declares no class ${name}`);
}

export class Coverage {
  #called = new Map();

  /** The client, taking notes. What a method calls of its own is not noted. */
  watch(client) {
    const name = client.constructor.name;
    const called = this.#called.get(name) ?? new Set();
    this.#called.set(name, called);
    const watched = new Proxy(client, {
      get(target, member) {
        const value = target[member];
        if (typeof value !== "function" || member === "constructor") return value;
        return (...words) => {
          called.add(member);
          const answer = value.apply(target, words);
          return answer === target ? watched : answer; // of a builder
        };
      },
    });
    return watched;
  }

  /** {name, methods, missed} of a class, found by reflection. */
  async of(type) {
    const hidden = await privateMethods(type.name);
    const methods = Object.getOwnPropertyNames(type.prototype).filter(
      (member) => member !== "constructor" && !hidden.has(member),
    );
    const called = this.#called.get(type.name) ?? new Set();
    return { name: type.name, methods, missed: methods.filter((method) => !called.has(method)) };
  }
}
