// Wakes the instruments of a page when they come near the reader's view. A page without one loads
// nothing more than this.

const styles = {};

function style(name) {
  styles[name] ??= new Promise((resolve, reject) => {
    const href = new URL(`${name}.css`, import.meta.url).href;
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    Object.assign(link, { onload: resolve, onerror: reject });
    document.head.append(link);
  });
  return styles[name];
}

// Where something cannot be fetched, the picture and the table stay as they are.
async function wake({ localName }) {
  const name = localName.slice("cnn-".length);
  const fetched = [import(`./${name}.js`), style("explore"), style(name)];
  const [{ default: Instrument }] = await Promise.all(fetched);
  if (!customElements.get(localName)) customElements.define(localName, Instrument);
}

const near = new IntersectionObserver(
  (seen) => {
    for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
      near.unobserve(target);
      wake(target).catch(() => target.classList.add("asleep"));
    }
  },
  { rootMargin: "50%" },
);

window.document$.subscribe(() => {
  document.querySelectorAll(".explorable:not(:defined)").forEach((element) => near.observe(element));
});
