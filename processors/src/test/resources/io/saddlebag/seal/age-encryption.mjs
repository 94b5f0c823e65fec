// Seals and opens one file with the npm package age-encryption: node age-encryption.mjs PACKAGE seal|open KEY IN OUT
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [entry, command, key, input, output] = process.argv.slice(2);
const { Encrypter, Decrypter } = await import(pathToFileURL(entry).href);
if (command === "seal") {
    const sealing = new Encrypter();
    sealing.addRecipient(key);
    writeFileSync(output, await sealing.encrypt(readFileSync(input)));
} else {
    const opening = new Decrypter();
    readFileSync(key, "utf8").split("\n").filter(line => line.startsWith("AGE-")).forEach(line => opening.addIdentity(line));
    writeFileSync(output, await opening.decrypt(readFileSync(input)));
}
