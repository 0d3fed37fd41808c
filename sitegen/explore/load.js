// Wakes the instruments of a page when they come near the reader's view. A page without one loads
// nothing more than this.

let styled;

function style() {
  return new Promise((resolve, reject) => {
    const href = new URL("explore.css", import.meta.url).href;
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    Object.assign(link, { onload: resolve, onerror: reject });
    document.head.append(link);
  });
}

// Where something cannot be fetched, the picture and the table stay as they are.
async function wake({ localName }) {
  const [{ default: Instrument }] = await Promise.all([
    import(`./${localName.slice("cnn-".length)}.js`),
    (styled ??= style()),
  ]);
  if (!customElements.get(localName)) customElements.define(localName, Instrument);
}

const near = new IntersectionObserver((seen) => {
  for (const { target } of seen.filter(({ isIntersecting }) => isIntersecting)) {
    near.unobserve(target);
    wake(target).catch(() => target.classList.add("asleep"));
  }
}, { rootMargin: "50%" });

window.document$.subscribe(() => {
  document.querySelectorAll(".explorable:not(:defined)").forEach((element) => near.observe(element));
});
