// The sheet: looks a typed answer up among those that were foreseen, and shows the steps. See render/veiled.py.
const sheet = JSON.parse(document.getElementById("sheet").textContent);
sheet.words.labels = new Set(sheet.words.labels);
const TRIES = 2;
const rightOnes = new Set();

async function stretched(secret, salt, length, iterations) {
  const [key, salted] = [secret, salt].map((text) => new TextEncoder().encode(text));
  const imported = await crypto.subtle.importKey("raw", key, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: salted, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, imported, length * 8));
}

const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const masked = (data, mask) => data.map((byte, place) => byte ^ mask[place]);

// Bytes below 128 announce so many plain ones and one more, the others a copy of what was seen: render/packed.py.
function unpacked(data) {
  const out = [];
  for (let place = 0; place < data.length; ) {
    const count = data[place];
    if (count < 128) {
      out.push(...data.subarray(place + 1, place + count + 2));
      place += count + 2;
      continue;
    }
    const back = 256 * data[place + 1] + data[place + 2];
    for (let copied = count - 124; copied > 0; copied--) out.push(out[out.length - back]);
    place += 3;
  }
  return new Uint8Array(out);
}

let texts;

async function unveiled() {
  const data = bytes(sheet.texts);
  const plain = masked(data, await stretched(sheet.salt, sheet.salt, data.length, 1));
  return JSON.parse(new TextDecoder().decode(unpacked(plain)));
}

const textOf = async (number) => (texts ||= await unveiled())[number];

// What is said of an answer: null where it was not foreseen, nothing where it is right, else its hint.
async function toldOf(answer, blank) {
  const { tag, iterations } = sheet;
  const records = bytes(blank.records);
  const known = await stretched(answer, blank.salt, tag + 2, iterations);
  for (let start = 0; start < records.length; start += tag + 2) {
    if (!known.subarray(0, tag).every((byte, place) => byte === records[start + place])) continue;
    const [high, low] = masked(records.subarray(start + tag, start + tag + 2), known.subarray(tag));
    return textOf(256 * high + low);
  }
  return null;
}

function spellings(reading, blank) {
  const unit = blank.units ? reading.unit : "";
  const values = [reading.value, ...(reading.alternative ? [reading.alternative] : [])].map((value) => value + unit);
  const measure = blank.asked === "bytes" ? reading.unit : unit;
  return reading.step ? [...values, `${reading.value}~${reading.step}${measure}`] : values;
}

function typed(form, blank) {
  const fields = [...form.elements].filter((field) => field.name === "answer");
  if (blank.asked !== "options" && blank.asked !== "order") {
    const text = fields[0].value;
    return { text, ...readAnswer(text, blank.asked, sheet.words, blank.entries, blank.whole) };
  }
  const chosen = fields.filter((field) => field.checked).map((field) => field.value);
  const text = blank.asked === "order" ? fields[0].value : chosen.join("");
  return { text, ...readLetters(text, blank) };
}

function readLetters(text, { letters, asked }) {
  const found = text.toUpperCase().replace(/[\s,;<>.()→-]/g, "");
  const strange = [...found].find((letter) => !letters.includes(letter));
  if (!found) return { blank: true };
  if (strange) return { place: text.toUpperCase().indexOf(strange), reason: `The letters are ${[...letters].join(", ")}.` };
  if (asked === "order" && (found.length !== letters.length || new Set(found).size !== letters.length)) {
    return { place: 0, reason: `Each of the letters ${[...letters].join(", ")} is needed once.` };
  }
  return { value: found, shown: [...found].join(asked === "order" ? " > " : ", "), unit: "" };
}

function unread({ text, place, reason }) {
  return `Not read here, at character ${[...text.slice(0, place)].length + 1}: ${reason} Write it in another way, or compare with the steps.`;
}

async function judged(form, blank) {
  const reading = typed(form, blank);
  if (reading.blank) return ["unread", "Nothing is answered yet."];
  if (reading.reason) return ["unread", unread(reading)];
  const read = `${blank.asked === "options" ? "Chosen:" : "Read as"} ${reading.shown}.`;
  for (const answer of spellings(reading, blank)) {
    const hint = await toldOf(answer, blank);
    if (hint === "") return ["right", `${read} Right.`];
    if (hint !== null) return ["wrong", `${read} ${hint}`];
  }
  if (blank.letters) return ["wrong", `${read} ${sheet.not_chosen}`];
  const rounded = reading.step ? " If you rounded: what are all its digits?" : "";
  return ["wrong", `${read} ${sheet.unexplained}${rounded}`];
}

async function check(form) {
  const name = form.dataset.blank;
  const told = form.querySelector(".told");
  told.textContent = "";
  const [verdict, said] = await judged(form, sheet.blanks[name]);
  form.dataset.verdict = verdict;
  if (verdict === "wrong") form.dataset.tries = Number(form.dataset.tries || 0) + 1;
  const nudge = verdict === "wrong" && form.dataset.tries >= TRIES ? " The steps below show the way." : "";
  told.textContent = said + nudge;
  rightOnes[verdict === "right" ? "add" : "delete"](name);
  for (const field of form.elements) if (field.name === "answer") field.setAttribute("aria-invalid", verdict === "wrong");
  document.getElementById("score").textContent = `${rightOnes.size} of ${sheet.checked} right`;
}

async function showSteps(steps) {
  const place = steps.querySelector("div");
  if (!steps.open || place.hasChildNodes()) return;
  const blank = sheet.blanks[steps.closest("form").dataset.blank];
  place.innerHTML = await textOf(blank.steps);
  reachable();
}

// What has to be scrolled sideways on a narrow screen can be reached with the keyboard.
function reachable() {
  for (const wide of document.querySelectorAll(".step, .key, pre, .options span")) {
    if (wide.scrollWidth <= wide.clientWidth) continue;
    wide.tabIndex = 0;
    if (wide.matches("span")) continue;
    wide.setAttribute("role", "group");
    wide.setAttribute("aria-label", { PRE: "Listing", DIV: "Step", P: "Answer" }[wide.tagName]);
  }
}

const works = Boolean(globalThis.crypto?.subtle);
document.getElementById(works ? "works" : "fails").hidden = false;
for (const form of document.querySelectorAll("form.blank")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (works && form.querySelector("button")) check(form);
  });
  const steps = form.querySelector("details");
  if (works) steps.addEventListener("toggle", () => showSteps(steps));
  for (const field of works ? [] : form.querySelectorAll("button, details")) field.hidden = true;
}
addEventListener("resize", reachable);
reachable();
document.documentElement.dataset.ready = Math.round(performance.now());
