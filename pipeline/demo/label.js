// Shows the photos one by one and sends each answer; the next one comes when the last is saved.
const data = JSON.parse(document.getElementById("data").textContent);
const buttons = [...document.querySelectorAll("#answers button[data-label]")];
const undo = document.getElementById("undo");
const photo = document.getElementById("photo");
const status = document.getElementById("status");
const history_ = data.history;
let current = -1;
let saving = false;

const find = (label) => buttons.find((button) => button.dataset.label === label);
const next = () => data.items.findIndex((item) => item.answer === null);

function say(text, wrong = false) {
  status.textContent = text;
  status.classList.toggle("wrong", wrong);
}

function count() {
  const patterns = data.classes.filter((name) => name !== data.none);
  const labelled = patterns.reduce((sum, name) => sum + (data.counts[name] ?? 0), 0);
  const left = data.items.filter((item) => item.answer === null).length;
  say(`${labelled} labelled, ${data.counts[data.none] ?? 0} none of these, ${left} left`);
  const rows = patterns.map((name) => {
    const row = document.createElement("div");
    const given = data.counts[name] ?? 0;
    row.className = given === 1 ? "one" : "";
    row.title = given === 1 ? "one more, or it cannot be learnt from" : "";
    row.append(Object.assign(document.createElement("dt"), { textContent: name }), Object.assign(document.createElement("dd"), { textContent: given }));
    return row;
  });
  document.getElementById("counts").replaceChildren(...rows);
}

function show(number) {
  current = number;
  undo.disabled = history_.length === 0;
  const over = number < 0;
  document.querySelector("main figure").hidden = over;
  document.getElementById("answers").hidden = over && history_.length === 0;
  document.getElementById("patterns").hidden = over;
  document.querySelector(".keys").hidden = over;
  document.getElementById("end").hidden = !over;
  find(data.none).hidden = over;
  count();
  if (over) return;
  const item = data.items[number];
  photo.src = `photo/${number}`;
  photo.alt = item.name;
  document.getElementById("name").textContent = item.name;
  const best = item.scores.indexOf(Math.max(...item.scores));
  data.classes.forEach((name, i) => {
    const button = find(name);
    button.classList.toggle("guess", i === best);
    button.querySelector("b").textContent = `${Math.round(100 * item.scores[i])} %`;
  });
  const after = data.items.findIndex((other, i) => i > number && other.answer === null);
  if (after > 0) new Image().src = `photo/${after}`;
}

async function send(number, label) {
  saving = true;
  try {
    const body = JSON.stringify({ id: number, label });
    const response = await fetch("answer", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!response.ok) throw new Error(`Not saved: ${await response.text()}`);
    data.counts = await response.json();
    data.items[number].answer = label;
    return true;
  } catch (error) {
    say(error instanceof TypeError ? "Not saved: is the program still running?" : error.message, true);
    return false;
  } finally {
    saving = false;
  }
}

async function give(label) {
  if (saving || current < 0) return;
  const number = current;
  if (await send(number, label)) {
    history_.push(number);
    show(next());
  }
}

async function takeBack() {
  if (saving || history_.length === 0) return;
  const number = history_.at(-1);
  if (await send(number, null)) {
    history_.pop();
    show(number);
  }
}

for (const button of buttons) button.onclick = () => give(button.dataset.label);
undo.onclick = takeBack;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const label = Object.keys(data.keys).find((name) => data.keys[name] === event.key.toLowerCase());
  if (event.key === "Backspace") takeBack();
  else if (event.key === "Enter" && current >= 0) give(document.querySelector("#answers .guess").dataset.label);
  else if (label !== undefined) give(label);
  else return;
  event.preventDefault();
});
show(next());
