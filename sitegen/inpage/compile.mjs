// Python's library and its packages with the modules that are imported first compiled beforehand,
// by that same Python, run in Node: a browser would compile them at every start.
//
//     node compile.mjs FOLDER-OF-PYTHON FOLDER-TO-WRITE-TO WHEEL...

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [home, to, ...wheels] = process.argv.slice(2);
const library = join(home, "python_stdlib.zip");
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")));
const python = await loadPyodide({
  indexURL: `${home}/`,
  env: { PYTHONHASHSEED: "0", MPLBACKEND: "agg", HOME: "/home/reader" }, // equal input, equal bytes
  stdout() {},
  stderr() {},
});
const read = (path) => new Uint8Array(readFileSync(path));
const packages = "/lib/python3.14/site-packages/";
for (const wheel of wheels) python.unpackArchive(read(wheel), "wheel", { extractDir: packages });
const compiled = python.runPython(`
import io
import sys
import zipfile
from importlib import invalidate_caches
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash

invalidate_caches()
import hypothesis.strategies
import matplotlib.backends.backend_svg
import matplotlib.pyplot
import PIL.Image

plt = matplotlib.pyplot
plt.imshow([[0, 1]])
plt.savefig(io.BytesIO(), format="svg")
files = {getattr(module, "__file__", None) for module in sys.modules.values()}


def compiled(data, root):
    """The archive with the imported modules compiled, the others as they are."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data.to_bytes())) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if root + name in files and name.endswith(".py"):
                code = compile(text, root + name, "exec", dont_inherit=True)
                text = _code_to_hash_pyc(code, source_hash(text), False)
                name += "c"
            entry = zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, text, compresslevel=9)
    return written.getvalue()


compiled
`);
for (const path of [library, ...wheels]) {
  const root = path === library ? "/lib/python314.zip/" : packages;
  writeFileSync(join(to, basename(path)), compiled(read(path), root).toJs());
}
