// Opens a sample with its record, a translation beside its original, or the photos behind a cell of a
// confusion matrix.
const samples = JSON.parse(document.getElementById("sample-data").textContent);
const photos = JSON.parse(document.getElementById("photo-data").textContent);
const viewer = document.getElementById("viewer");
const content = document.getElementById("viewer-content");
const heading = document.getElementById("viewer-title");
const steps = document.getElementById("viewer-steps");
const pairs = document.querySelectorAll("[data-pair]");
let step = null; // shows the sample or translation that is so many further on; null where there is no other

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function value(value) {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(3)));
  if (typeof value !== "string" || !/^#[0-9a-f]{6}$/.test(value)) return typeof value === "object" ? JSON.stringify(value) : String(value);
  const swatch = element("i", { className: "swatch" });
  swatch.style.background = value;
  return element("span", { className: "class" }, swatch, value);
}

function list(object) {
  const drawn = Object.entries(object).filter(([, entry]) => entry !== "" && entry !== null);
  const terms = drawn.flatMap(([name, entry]) => [
    element("dt", { textContent: name.replaceAll("_", " ") }),
    element("dd", {}, value(entry)),
  ]);
  return element("dl", {}, ...terms);
}

function show(title, node, turn = null) {
  heading.replaceChildren(...title);
  content.replaceChildren(node);
  step = turn;
  steps.hidden = !turn;
  if (!viewer.open) viewer.showModal();
  viewer.scrollTop = 0;
}

function showSample(index) {
  index = (index + samples.length) % samples.length;
  const { path, record, command } = samples[index];
  const image = document.querySelector(`[data-sample="${index}"] img`);
  const copy = element("button", { className: "copy", textContent: "Copy" });
  copy.onclick = () => navigator.clipboard.writeText(command).then(() => (copy.textContent = "Copied"));
  const picture = element(
    "div", {},
    element("img", { src: image.src, alt: image.alt }),
    element("p", { className: "note" }, "Renders this image again, and no other: ", copy),
    element("pre", { textContent: command }),
  );
  const facts = element(
    "div", { className: "facts" },
    element("p", { className: "note", textContent: `${path}, ${record.garment.presentation ?? ""} ${record.garment.type} ${record.garment.id}, seed ${record.seed}` }),
    list(record.material),
    element("details", {}, element("summary", { textContent: "Whole record" }), element("pre", { textContent: JSON.stringify(record, null, 2) })),
  );
  show([`${record.class} ${record.index}`], element("div", { className: "sample" }, picture, facts), (by) => showSample(index + by));
}

function showPair(index) {
  index = (index + pairs.length) % pairs.length;
  const pair = pairs[index];
  const figures = [...pair.querySelectorAll("img")].map((image) =>
    element("figure", {}, element("img", { src: image.src, alt: image.alt }),
      element("figcaption", { textContent: image.nextElementSibling.textContent })));
  show([pair.querySelector(".class").cloneNode(true)], element("div", { className: "compared" }, ...figures), (by) => showPair(index + by));
}

function showCell({ split, actual, predicted, count }) {
  const found = photos[split].filter((photo) => photo.actual === actual && photo.predicted === predicted);
  const title = actual === predicted ? `${actual}, and read so` : `${actual}, read as ${predicted}`;
  const figures = found.map((photo) =>
    element("figure", { className: "photo" },
      element("img", { src: photo.src, alt: photo.path, title: photo.path }),
      element("figcaption", {}, element("span", { textContent: `${Math.round(100 * photo.confidence)} % sure` }),
        ...(photo.label === photo.actual ? [] : [element("span", { textContent: `labelled ${photo.label}` })]),
        element("span", { className: "file", textContent: photo.path }))));
  const note = found.length < count ? `The ${found.length} it is surest of, of ${count}.` : found.length > 1 ? `All ${count}, the surest first.` : "The only one.";
  show([title], element("div", {}, element("p", { className: "note", textContent: note }),
    element("div", { className: "photos" }, ...figures)));
}

document.addEventListener("click", (event) => {
  const shot = event.target.closest("[data-sample]");
  const pair = event.target.closest("[data-pair]");
  const cell = event.target.closest("[data-actual]");
  if (shot) showSample(Number(shot.dataset.sample));
  else if (pair) showPair(Number(pair.dataset.pair));
  else if (cell) showCell({ ...cell.dataset, count: Number(cell.dataset.count) });
  else if (event.target === viewer) viewer.close();
});

document.getElementById("previous").onclick = () => step(-1);
document.getElementById("next").onclick = () => step(1);
viewer.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (by && step) step(by);
});

// Paper cannot be clicked: everything is open while it is printed.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("main details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});
