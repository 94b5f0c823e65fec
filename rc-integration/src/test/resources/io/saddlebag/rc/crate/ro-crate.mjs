// Judges an RO-Crate with the npm package ro-crate: node ro-crate.mjs PACKAGE METADATA FILE...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [entry, metadata, ...files] = process.argv.slice(2);
// Without the net: the published context is that of the package, which has all terms of 1.1.
const context = readFileSync(join(dirname(entry), "lib", "context.json"), "utf8");
globalThis.fetch = async url => ({ ok: url === "https://w3id.org/ro/crate/1.1/context", json: async () => JSON.parse(context) });
console.error = () => {};
const { ROCrate, validate } = createRequire(entry)(entry);
const json = JSON.parse(readFileSync(metadata, "utf8"));
const found = Object.fromEntries(files.map(file => [file, { exists: true, isDir: file.endsWith("/") }]));
const crate = new ROCrate(json, { array: true, link: true });
await crate.resolveContext();
const results = await validate(crate, found);
const errors = results.filter(result => result.status === "error").map(result => result.message);
if (Object.keys(json).sort().join() !== "@context,@graph") errors.push("keys: " + Object.keys(json));
// Every reference leads to an entity of the crate, or out of it by a whole address.
for (const entity of json["@graph"]) {
    for (const value of Object.values(entity).flat()) {
        if (value["@id"] !== undefined && !/^https?:/.test(value["@id"]) && crate.getEntity(value["@id"]) === undefined) {
            errors.push("no entity " + value["@id"]);
        }
    }
}
for (const [file, facts] of Object.entries(found)) {
    if (!facts.exists || !facts.inCrate) errors.push("not in the crate, or not there: " + file);
}
const root = crate.rootDataset;
console.log(JSON.stringify({
    errors,
    name: root.name,
    license: root.license[0]["@id"],
    licenseName: root.license[0].name,
    sha256: crate.resolveTerm("sha256"),
}));
