// Modules made small. Arguments: Terser, the folder to put them into, the modules.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runInThisContext } from "node:vm";

const [terser, to, ...scripts] = process.argv.slice(2);
runInThisContext(readFileSync(terser, "utf8")); // as in a browser, where it is a global name

for (const path of scripts) {
  const source = { [basename(path)]: readFileSync(path, "utf8") };
  const options = { module: true, ecma: 2022, compress: { passes: 2 } };
  const { code } = await globalThis.Terser.minify(source, options);
  writeFileSync(join(to, basename(path)), code);
}
