// Modules and style sheets made small. Arguments: Terser, the folder to put them into, the files.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runInThisContext } from "node:vm";

const [terser, to, ...files] = process.argv.slice(2);
runInThisContext(readFileSync(terser, "utf8")); // as in a browser, where it is a global name

async function small(path) {
  const text = readFileSync(path, "utf8");
  if (path.endsWith(".css")) return text.replace(/\/\*.*?\*\//gs, "").replace(/\s+/g, " ");
  const options = { module: true, ecma: 2022, compress: { passes: 2 } };
  return (await globalThis.Terser.minify({ [basename(path)]: text }, options)).code;
}

for (const path of files) writeFileSync(join(to, basename(path)), await small(path));
