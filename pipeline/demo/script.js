// Sends the dropped photos in one request and shows each as its line of the answer arrives.
const limits = JSON.parse(document.getElementById("limits").textContent);
const names = JSON.parse(document.getElementById("names").textContent); // of answers that are called otherwise on the page
const drop = document.getElementById("drop");
const files = document.getElementById("files");
const status = document.getElementById("status");
const results = document.getElementById("results");
const UNSURE = 0.5;
const SCORES = 3;

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function say(text, wrong = false) {
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}

// Never "100 %" beside another share, nor "0 %" of one that is there.
const percent = (share) => share >= 0.9995 ? "> 99.9 %" : share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;

function picture({ photo, mask, name }, label) {
  const all = element("img", { className: "all", src: photo, alt: `${name}, read as ${label}` });
  if (!mask) {
    const plain = element("div", { className: "seen", ariaPressed: "false" }, all);
    return plain;
  }
  const regions = element("img", { className: "regions", src: photo, alt: "" });
  regions.style.maskImage = `url(${mask})`;
  const hint = element("span", { className: "hint", textContent: "where it looked" });
  const button = element("button", { className: "seen", type: "button", title: "Whole photo / regions that decided" }, all, regions, hint);
  button.ariaPressed = "true";
  button.onclick = () => {
    const shown = button.ariaPressed !== "true";
    button.ariaPressed = String(shown);
    hint.textContent = shown ? "where it looked" : "whole photo";
  };
  return button;
}

function scores(all) {
  const best = Object.entries(all).sort((a, b) => b[1] - a[1]).slice(0, SCORES);
  const rows = best.flatMap(([name, share]) => {
    const bar = element("i");
    bar.style.width = `${100 * share}%`;
    return [element("dt", { textContent: names[name] ?? name }), element("dd", { className: "bar" }, bar), element("dd", { className: "figure", textContent: percent(share) })];
  });
  return element("dl", { className: "scores" }, ...rows);
}

function card(result) {
  const called = names[result.label] ?? result.label;
  const file = element("p", { className: "file note", textContent: result.name, title: result.name });
  if (result.error) {
    const why = element("p", { className: "why", textContent: `Not read: ${result.error}` });
    return element("article", { className: "result card" }, element("div", { className: "text" }, file, why));
  }
  const label = element("span", { className: "class" }, element("i", { className: `swatch ${result.label}` }), called);
  const sure = element("b", { textContent: percent(result.confidence), title: result.confidence < UNSURE ? "unsure" : "confidence" });
  const note = result.note ? [element("p", { className: "note", textContent: `Note: ${result.note}` })] : [];
  const text = element("div", { className: "text" }, file, element("p", { className: "verdict" }, label, sure), scores(result.scores), ...note);
  return element("article", { className: `result card${result.confidence < UNSURE ? " unsure" : ""}` }, picture(result, called), text);
}

async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}

async function read(photos) {
  if (!photos.length) return;
  const megabytes = photos.reduce((sum, photo) => sum + photo.size, 0) / 1e6;
  if (photos.length > limits.photos || megabytes > limits.megabytes) {
    say(`Too much: ${photos.length} photos, ${megabytes.toFixed(0)} MB. At most ${limits.photos} photos and ${limits.megabytes} MB at once.`, true);
    return;
  }
  const form = new FormData();
  for (const photo of photos) form.append("photo", photo);
  say(`Reading ${photos.length === 1 ? "1 photo" : `${photos.length} photos`} …`);
  try {
    const response = await fetch("predict", { method: "POST", body: form });
    if (!response.ok) throw new Error(await response.text());
    let count = 0;
    for await (const line of lines(response)) {
      results.prepend(card(JSON.parse(line)));
      count += 1;
      say(`${count} of ${photos.length} done`);
    }
  } catch (error) {
    say(error instanceof TypeError ? "No answer: is the demo still running?" : error.message, true);
  }
}

files.onchange = () => read([...files.files]).finally(() => (files.value = ""));
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop") read([...event.dataTransfer.files]);
  });
}
document.addEventListener("paste", (event) => read([...event.clipboardData.files]));
