// Python, on a thread of its own: fetches what a block needs, runs it, tells the page how it goes.

const here = import.meta.url;
const fetchFromSite = self.fetch.bind(self);
const fetched = new Map(); // address -> promise of the bytes, until Python has taken them
const loaded = new Set();
let manifest, python;
let number = 0;
let got = 0, told = 0;

// First the page says what it is about to run, and then, if its reader is still there, to run it.
self.onmessage = async ({ data: { kind, ...job } }) => {
  try {
    if (kind === "prepare") await ready(job.source);
    else run(job);
  } catch (error) {
    postMessage({ kind: "failed", during: kind, why: String(error?.message ?? error) });
  }
};

function run({ source, alt, law, examples }) {
  const entry = python.pyimport("sitegen.inpage.browser");
  const tell = (told) => postMessage({ kind: "told", ...JSON.parse(told) });
  const result = law ? entry.attempt(law, examples, tell) : entry.run(source, alt, ++number, tell);
  postMessage({ kind: "done", ...JSON.parse(result) });
}

// Has Python at hand, and all the packages that the code asks for.
async function ready(source) {
  manifest ??= await described();
  const packages = wanted(source);
  const names = packages.map((name) => manifest.lock.packages[name].file_name);
  const files = [...(python ? [] : manifest.core), ...names];
  postMessage({ kind: "fetching", bytes: files.reduce((sum, name) => sum + fact(name).size, 0) });
  got = 0;
  const all = Promise.all(files.map((name) => {
    const bytes = download(name);
    fetched.set(address(name), bytes);
    return bytes;
  }));
  all.catch(() => {}); // told below; Python may wait for ever for a file that did not come
  const starting = python ?? start();
  await all;
  python = await starting;
  if (packages.length) await python.loadPackage(packages, { messageCallback() {} });
  packages.forEach((name) => loaded.add(name));
  fetched.clear();
  postMessage({ kind: "ready" });
}

async function described() {
  const answer = await fetchFromSite(new URL("manifest.json", here));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

// The packages that are not here yet and that the code names, with what they depend on.
function wanted(source) {
  const { packages } = manifest.lock;
  const words = new Set(source.match(/\w+/g));
  const names = new Set();
  const add = (name) => {
    if (loaded.has(name) || names.has(name)) return;
    names.add(name);
    packages[name].depends.forEach(add);
  };
  for (const [name, { imports }] of Object.entries(packages)) {
    if (imports.some((word) => words.has(word))) add(name);
  }
  return [...names];
}

const fact = (name) => manifest.files[name];
const address = (name) =>
  new URL(manifest.own.includes(name) ? name : manifest.base + name, here).href;

// The bytes of one file: counted as they come, compared with the manifest, unpacked.
async function download(name) {
  const { name: stored, size, sha256 } = fact(name);
  const right = async (bytes) =>
    bytes.byteLength === size && [sha256, null].includes(await digest(bytes));
  let bytes = await taken(address(stored), "force-cache"); // its address names what it holds
  if (!(await right(bytes))) {
    got -= bytes.byteLength;
    bytes = await taken(address(stored), "reload");
    if (!(await right(bytes))) throw new Error(`${stored} came broken`);
  }
  if (!stored.endsWith(".gzip")) return bytes;
  const { body } = new Response(bytes);
  return new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

async function taken(url, cache) {
  const answer = await fetchFromSite(url, { cache });
  if (!answer.ok) throw new Error(`${url.split("/").pop()}: ${answer.status} ${answer.statusText}`);
  const parts = [];
  for (const reader = answer.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts).arrayBuffer();
    parts.push(value);
    got += value.length;
    if (performance.now() - told > 50) {
      told = performance.now();
      postMessage({ kind: "progress", got });
    }
  }
}

// Without a secure address a browser has no digest; then the size must do.
async function digest(bytes) {
  if (!crypto.subtle) return null;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function start() {
  self.fetch = (url, options) => {
    const bytes = fetched.get(String(url));
    return bytes ? bytes.then(answered(url)) : fetchFromSite(url, options);
  };
  const indexURL = new URL(manifest.base, here).href;
  const { loadPyodide } = await script("pyodide.mjs");
  const { default: createPyodideModule } = await script("pyodide.asm.mjs");
  const started = await loadPyodide({
    indexURL,
    packageBaseUrl: indexURL,
    lockFileContents: lock(),
    createPyodideModule,
    env: { MPLBACKEND: "agg", HOME: "/home/reader" },
    stderr() {}, // "building the font cache": what a block writes there is caught in Python
    stdout() {},
  });
  started.unpackArchive(await fetched.get(address("runner.zip")), "zip", { extractDir: "/lib/site" });
  started.runPython("import sys; sys.path.insert(0, '/lib/site')");
  return started;
}

async function script(name) {
  const source = new Blob([await fetched.get(address(name))], { type: "text/javascript" });
  return import(URL.createObjectURL(source));
}

// The runtime's list of packages, each with its whole address.
function lock() {
  const packages = {};
  for (const [name, entry] of Object.entries(manifest.lock.packages)) {
    packages[name] = { ...entry, file_name: address(entry.file_name) };
  }
  return JSON.stringify({ ...manifest.lock, packages });
}

const answered = (url) => (bytes) => {
  const type = String(url).endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(bytes, { headers: { "content-type": type } });
};
