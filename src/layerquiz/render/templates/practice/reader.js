// Reads an answer as the grader does (layerquiz.grading.read), or says where it cannot: never another value.
// What is read here: one number, or sums, products, quotients and powers of numbers with or without "= result";
// every usual separator, decimal comma or point, suffixes and units; a shape of whole sizes. Words may stand in front
// or behind. `vocabulary` has the words, suffixes and units; it is made from the grader's own tables.
const LONGEST = 300;
const MOST_DIGITS = 200;
const DEEPEST = 40;

class NotRead extends Error {
  constructor(place, reason) {
    super(reason);
    this.place = place;
  }
}

function readAnswer(text, asked, vocabulary, entries = null, whole = false) {
  const signs = plainSigns(text);
  const plain = signs.map(([sign]) => sign).join("");
  if (/^(|[-?]|n\/a)$/i.test(plain.trim())) return { blank: true };
  const end = plain.replace(/[ ?.!;,]+$/, "").length;
  const start = Math.min(plain.search(/[^ ]|$/), end);
  try {
    if (text.length > LONGEST) throw new NotRead(start, `An answer has at most ${LONGEST} characters here.`);
    if (start === end) throw new NotRead(start, "Nothing here can be read as a number.");
    const written = plain.slice(0, end);
    if (asked === "shape") return readShape(written, vocabulary, entries);
    const measures = { ...vocabulary.measures, ...(asked === "bytes" ? vocabulary.in_bytes : {}) };
    return readNumber(written, asked, { ...vocabulary, measures }, whole);
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
    const found = signs[Math.min(error.place, signs.length - 1)];
    return { place: found ? found[1] : 0, reason: error.message };
  }
}

// The text in plain signs, each with its place in what was typed.

const SAME = Object.fromEntries([
  ["‘’′´ʼ٬", "'"], ["−–—‐‑‒﹣", "-"], ["⋅•∙∘", "·"], ["✕✖⨯⨉╳", "×"], ["÷∕⁄", "/"], ["∗﹡", "*"], ["،", ","], ["٫", "."],
].flatMap(([signs, plain]) => [...signs].map((sign) => [sign, plain])));
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const ZEROS = [0x660, 0x6f0, 0x966, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6];

function plainSigns(text) {
  const found = [];
  let place = 0, raised = false;
  for (const sign of text) {
    const power = RAISED.indexOf(sign);
    if (power >= 0 && !raised) found.push(["^", place], ["(", place]);
    if (power < 0 && raised) found.push([")", place - 1]);
    raised = power >= 0;
    for (const plain of power >= 0 ? String(power) : plainSign(sign)) found.push([plain, place]);
    place += sign.length;
  }
  if (raised) found.push([")", place - 1]);
  return found;
}

function plainSign(sign) {
  const code = sign.codePointAt(0);
  if (/[\u00ad\u200b-\u200d\u2060\ufeff]/.test(sign)) return "";
  if (SAME[sign]) return SAME[sign];
  const zero = ZEROS.find((first) => code >= first && code < first + 10);
  if (zero) return String(code - zero);
  if (code > 0xff00 && code < 0xff5f) return String.fromCodePoint(code - 0xfee0);
  return /[\t \u00a0\u2000-\u200a\u202f\u205f\u3000]/.test(sign) ? " " : sign;
}

// Numbers are fractions of whole numbers, exactly.

function fraction(top, bottom = 1n) {
  const sign = bottom < 0n ? -1n : 1n;
  let [a, b] = [top < 0n ? -top : top, bottom * sign];
  while (b) [a, b] = [b, a % b];
  return { top: (top * sign) / (a || 1n), bottom: (bottom * sign) / (a || 1n) };
}

const plus = (a, b) => fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
const minus = (a, b) => fraction(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom);
const times = (a, b) => fraction(a.top * b.top, a.bottom * b.bottom);
const over = (a, b) => fraction(a.top * b.bottom, a.bottom * b.top);
const same = (a, b) => a.top === b.top && a.bottom === b.bottom;
const exactly = (value) => (value.bottom === 1n ? `${value.top}` : `${value.top}/${value.bottom}`);

function floorOf(value) {
  const down = value.top / value.bottom;
  return fraction(value.top < 0n && value.top % value.bottom ? down - 1n : down);
}

function bounded(value, place) {
  for (const whole of [value.top, value.bottom]) {
    if (whole.toString().length > MOST_DIGITS) throw new NotRead(place, "The result here has too many digits.");
  }
  return value;
}

function shown(value) {
  const grouped = (whole) => whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");
  if (value.bottom === 1n) return grouped(value.top);
  for (let places = 1n; places <= 30n; places++) {
    const scaled = 10n ** places;
    if (scaled % value.bottom) continue;
    const size = (value.top < 0n ? -value.top : value.top) * (scaled / value.bottom);
    const after = (size % scaled).toString().padStart(Number(places), "0");
    return `${value.top < 0n ? "-" : ""}${grouped(size / scaled)}.${after}`;
  }
  return `${grouped(value.top)}/${grouped(value.bottom)}`;
}

// One number as it is spelled. Groups have three digits behind one kind of separator, in India also two.

const INDIAN = /([1-9]\d?(?:,\d\d)+,\d{3})(?!\d)(?:\.(\d+))?/y;
const GROUPED = /([1-9]\d{0,2}( ?, ?|[ '_.])\d{3}(?:\2\d{3})*)(?!\d)(?:(?!\2)[.,](\d+))?/y;
const PLAIN = /(\d+(?:_\d+)*)(?:([.,])(\d+))?/y;
const BARE_POINT = /()(\.)(\d+)/y;
const EXPONENT = /[eE]([-+]?\d+)/y;
const TIMES_TEN = /[ ]*[xX×·*][ ]*10[ ]*(?:\^|\*\*)[ ]*(?:\([ ]*([-+]?\d+)[ ]*\)|([-+]?\d+))(?![ ]*\^|[ ]*\*\*|[.,'_]?\d)/y;

function at(pattern, text, place) {
  pattern.lastIndex = place;
  return pattern.exec(text);
}

function findNumber(text, place, takesPower) {
  const grouped = at(GROUPED, text, place);
  const isDecimal = grouped && grouped[2] === "." && grouped[1].split(".").length === 2 && !grouped[3];
  const indian = at(INDIAN, text, place);
  const one = indian || (isDecimal ? null : grouped);
  const found = one || at(PLAIN, text, place) || at(BARE_POINT, text, place);
  if (!found) throw new NotRead(place, "This point stands without a digit.");
  const after = (indian ? found[2] : found[3]) || "";
  const before = found[1].replace(/\D/g, "");
  if (before.length + after.length > MOST_DIGITS) throw new NotRead(place, "This number has too many digits.");
  const scale = 10n ** BigInt(after.length);
  const number = { value: fraction(BigInt(`0${before}${after}`), scale), step: after ? fraction(1n, scale) : null };
  if (!one && found[2] === "." && after.length === 3 && /^[1-9]\d{0,2}$/.test(before)) {
    number.alternative = fraction(BigInt(before + after));
  }
  let end = place + found[0].length;
  const power = at(EXPONENT, text, end) || (takesPower ? at(TIMES_TEN, text, end) : null);
  if (power) {
    const exponent = Number(power[1] ?? power[2]);
    if (Math.abs(exponent) > MOST_DIGITS) throw new NotRead(end, "This power of ten has too many digits.");
    const factor = 10n ** BigInt(Math.abs(exponent));
    scaled(number, exponent < 0 ? fraction(1n, factor) : fraction(factor));
    end += power[0].length;
  }
  if (at(/[.,'_]?\d/y, text, end)) throw new NotRead(end, "The separators of this number do not make groups of three digits.");
  return [number, end];
}

function scaled(number, factor) {
  if (factor.top === 1n && factor.bottom === 1n) return;
  number.step = times(number.step || fraction(1n), factor);
  number.value = times(number.value, factor);
  delete number.alternative;
}

// Pieces: numbers with their suffix or unit, signs, brackets; words in front and behind are dropped.

const SIGNS = { "*": "*", "**": "^", "^": "^", "·": "*", "×": "x", "/": "/", "//": "//", "+": "+", "-": "-" };
const SIGN = /\*\*|\/\/|[-+*/^·×]/y;
const WORD = /\p{L}+/uy;
const MARK = /[()[\]⌊⌋⌈⌉]|==?|:/y;

function cut(text, vocabulary) {
  const pieces = [];
  let place = 0;
  while (place < text.length) {
    const last = pieces.at(-1);
    if (text[place] === " ") {
      place += 1;
    } else if (/\d/.test(text[place]) || (/^\.\d/.test(text.slice(place, place + 2)) && !/\p{L}/u.test(text[place - 1]))) {
      if (/^0x[\da-f]/i.test(text.slice(place))) throw new NotRead(place, "A number with 0x is not read here.");
      const [number, end] = findNumber(text, place, !last || !["/", "//", "^"].includes(last.kind));
      pieces.push({ kind: "number", place, end, number });
      place = end;
    } else {
      place = cutSign(text, place, pieces, vocabulary);
    }
  }
  return withoutWords(pieces);
}

function cutSign(text, place, pieces, vocabulary) {
  const [word] = at(WORD, text, place) || [];
  if (word) return cutWord(word, text, place, pieces, vocabulary);
  const [sign] = at(SIGN, text, place) || at(MARK, text, place) || [];
  if (!sign) throw new NotRead(place, `“${String.fromCodePoint(text.codePointAt(place))}” has no meaning here.`);
  pieces.push({ kind: SIGNS[sign] || (sign === "==" ? "=" : sign), place, end: place + sign.length });
  return place + sign.length;
}

function cutWord(word, text, place, pieces, vocabulary) {
  const end = place + word.length;
  const last = pieces.at(-1);
  const suffix = measure(word, last, vocabulary);
  if (suffix) {
    last.measured = (last.measured || 0) + 1;
    scaled(last.number, fraction(BigInt(suffix.factor)));
    last.number.unit = suffix.unit;
    last.end = end;
    return end;
  }
  if (/^(x|by)$/i.test(word)) pieces.push({ kind: "x", place, end });
  else if (!pieces.length && /^[a-z]$/i.test(word) && /^ *=/.test(text.slice(end))) pieces.push({ kind: "word", place, end });
  else if (/^(floor|ceil)$/.test(word) && /^[([]/.test(text.slice(end))) pieces.push({ kind: word, place, end });
  else if (vocabulary.labels.has(word.toLowerCase())) pieces.push({ kind: "word", place, end });
  else throw new NotRead(place, `The word “${word}” is not known here.`);
  return end;
}

function measure(word, last, vocabulary) {
  if (!last || last.kind !== "number" || last.number.unit || last.measured > 1) return null;
  const suffix = vocabulary.measures[word];
  return suffix && (!last.measured || suffix.factor === "1") ? suffix : null;
}

function withoutWords(pieces) {
  let [start, end] = [0, pieces.length];
  while (end > start && pieces[end - 1].kind === "word") end -= 1;
  while (start < end && pieces[start].kind === "word") start += 1;
  if (start && start < end && [":", "="].includes(pieces[start].kind)) start += 1;
  const word = pieces.slice(start, end).find((piece) => piece.kind === "word" || piece.kind === ":");
  if (word) throw new NotRead(word.place, "A word is read here only before or behind all numbers.");
  if (start === end) throw new NotRead(pieces[0]?.place ?? 0, "No number is written here.");
  return pieces.slice(start, end);
}

// Arithmetic: each part returns its value; a bare number keeps what it shows, a product with x its sides.

const CLOSING = { "(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉" };

class Arithmetic {
  constructor(pieces) {
    Object.assign(this, { pieces, index: 0, depth: 0 });
  }

  get next() {
    return this.pieces[this.index]?.kind;
  }

  take(kind) {
    if (this.next !== kind) this.refuse();
    return this.pieces[this.index++];
  }

  refuse() {
    const last = this.pieces.at(-1);
    const piece = this.pieces[this.index];
    if (!piece) throw new NotRead(last ? last.place : 0, "A number is missing at the end.");
    throw new NotRead(piece.place, piece.kind === "number" ? "Two numbers stand side by side here." : "This cannot stand here.");
  }

  sum() {
    let left = this.product();
    while (this.next === "+" || this.next === "-") {
      const sign = this.pieces[this.index++];
      if (sign.kind === "+" && this.next === "-") throw new NotRead(sign.place, "It is not said whether this is plus or minus.");
      const right = this.product();
      left = { ...unitOf(left, right), value: bounded((sign.kind === "+" ? plus : minus)(left.value, right.value), sign.place) };
    }
    return left;
  }

  product() {
    let left = this.signed();
    for (;;) {
      const sign = this.pieces[this.index];
      if (["*", "x", "/", "//"].includes(sign?.kind)) {
        this.index += 1;
        left = this.combined(left, sign, this.signed());
      } else if (["(", "["].includes(sign?.kind) && this.pieces[this.index - 1].end === sign.place) {
        left = this.combined(left, { kind: "*", place: sign.place }, this.power());
      } else {
        return left;
      }
    }
  }

  combined(left, sign, right) {
    if (sign.kind === "*" || sign.kind === "x") {
      const sides = left.sides || (left.number ? [left.value] : null);
      const joined = sign.kind === "x" && sides && right.number ? [...sides, right.value] : null;
      return { ...unitOf(left, right), value: bounded(times(left.value, right.value), sign.place), sides: joined };
    }
    if (!right.value.top) throw new NotRead(sign.place, "This divides by zero.");
    const value = bounded(over(left.value, right.value), sign.place);
    return { ...unitOf(left, right), value: sign.kind === "//" ? floorOf(value) : value };
  }

  signed() {
    const sign = this.next;
    if (sign !== "+" && sign !== "-") return this.power();
    this.index += 1;
    const inner = this.power();
    if (sign === "+") return inner;
    const value = fraction(-inner.value.top, inner.value.bottom);
    return { value, unit: inner.unit, number: inner.number && { ...inner.number, alternative: undefined } };
  }

  power() {
    const base = this.atom();
    if (this.next !== "^") return base;
    const sign = this.take("^");
    const raising = this.signed();
    const exponent = raising.value;
    const size = exponent.top < 0n ? -exponent.top : exponent.top;
    if (exponent.bottom !== 1n) throw new NotRead(sign.place, "The exponent here is not a whole number.");
    if (!base.value.top && exponent.top < 0n) throw new NotRead(sign.place, "This divides by zero.");
    if (size * BigInt(exactly(base.value).length) > BigInt(MOST_DIGITS)) throw new NotRead(sign.place, "The power here has too many digits.");
    const raised = fraction(base.value.top ** size, base.value.bottom ** size);
    return { ...unitOf(base, raising), value: exponent.top < 0n ? over(fraction(1n), raised) : raised };
  }

  atom() {
    if (this.next === "number") {
      const { number } = this.take("number");
      return { value: number.value, unit: number.unit, number };
    }
    const name = this.next === "floor" || this.next === "ceil" ? this.pieces[this.index++].kind : "";
    const open = this.next;
    if (!CLOSING[open]) this.refuse();
    if ((this.depth += 1) > DEEPEST) this.refuse();
    this.index += 1;
    const inner = this.sum();
    this.take(CLOSING[open]);
    this.depth -= 1;
    const rounding = { "⌊": "floor", "⌈": "ceil" }[open] || name;
    if (!rounding) return inner;
    const { top, bottom } = inner.value;
    const down = floorOf(rounding === "floor" ? inner.value : fraction(-top, bottom));
    return { unit: inner.unit, value: rounding === "floor" ? down : fraction(-down.top) };
  }
}

const unitOf = (left, right) => ({ unit: left.unit || right.unit });

function evaluated(pieces) {
  const arithmetic = new Arithmetic(pieces);
  const worth = arithmetic.sum();
  if (arithmetic.next) arithmetic.refuse();
  return worth;
}

// A chain of equalities: the last side is the answer, and no side is another number.

function readNumber(text, asked, vocabulary, whole) {
  const pair = asked === "size" ? text.search(/[([][^)\]]*,/) : -1;
  if (pair >= 0) throw new NotRead(pair, "One size is asked for.");
  const sides = [[]];
  let depth = 0;
  for (const piece of cut(text, vocabulary)) {
    depth += (piece.kind in CLOSING) - Object.values(CLOSING).includes(piece.kind);
    if (piece.kind === "=" && !depth) sides.push([]);
    else sides.at(-1).push(piece);
  }
  if (!sides[0].length) sides.shift();
  if (!sides.at(-1).length) throw new NotRead(text.length - 1, "A number is missing at the end.");
  const links = sides.map((pieces) => ({ ...evaluated(pieces), place: pieces[0]?.place ?? 0 }));
  const bare = links.filter((link) => link.number);
  for (const link of bare) {
    if (!same(link.value, bare[0].value)) throw new NotRead(link.place, "Two different numbers are given as equal.");
  }
  const last = links.at(-1);
  const exact = last.number?.step ? bare.find((link) => !link.number.step) : null;
  return reading(exact || last, asked, whole, links.length);
}

function reading(answer, asked, whole, sides) {
  const { number = {} } = answer;
  let { value } = answer;
  if (asked === "size" && answer.sides && answer.sides.every((side) => same(side, answer.sides[0]))) {
    if (answer.sides.length > 2) throw new NotRead(0, "One size is asked for.");
    value = answer.sides[0];
  }
  if (number.alternative && sides > 1) throw new NotRead(answer.place, "This point can be read in two ways.");
  const found = { value: exactly(value), shown: shown(value), unit: answer.unit || "" };
  if (number.step) found.step = exactly(number.step);
  if (number.alternative) {
    if (whole && asked !== "size") return { value: exactly(number.alternative), shown: shown(number.alternative), unit: "" };
    found.alternative = exactly(number.alternative);
  }
  return found;
}

// A shape: whole sizes with one kind of sign between them, perhaps in brackets, perhaps with a batch in front.

const BETWEEN = [/ *(?:[xX×@]|\bby\b) */, / *, */, / *[*·] */, / +/];
const SIZE = /^[1-9]\d{0,8}$/;

function readShape(text, vocabulary, entries) {
  let start = text.search(/[^ ]/);
  const called = /^( *(?:\p{L}+ *)+)[:=] */u.exec(text);
  if (called && called[1].match(/\p{L}+/gu).every((word) => vocabulary.labels.has(word.toLowerCase()))) start = called[0].length;
  let inner = text.slice(start);
  if (/^\(.*\)$|^\[.*\]$/.test(inner)) [inner, start] = [inner.slice(1, -1), start + 1];
  const trimmed = inner.replace(/^ +| +$/g, "");
  const [grouped] = entries === 1 ? /^[1-9]\d{0,2}(,\d{3})+$/.exec(trimmed) || [] : [];
  if (grouped) return { value: grouped.replace(/,/g, ""), shown: grouped.replace(/,/g, ""), unit: "" };
  const sign = BETWEEN.find((between) => between.test(trimmed));
  const parts = sign ? trimmed.split(sign) : [trimmed];
  const batch = /^(None|\?)$/.test(parts[0]) && parts.length > 2 && sign !== BETWEEN[3];
  const sizes = batch ? parts.slice(1) : parts;
  const wrong = sizes.find((size) => !SIZE.test(size));
  if (wrong !== undefined) throw new NotRead(start + Math.max(0, inner.indexOf(wrong)), "Here whole sizes are read, as in 55 x 55 x 96.");
  const isGroup = sign === BETWEEN[3] && sizes.slice(1).some((size) => size.length === 3);
  if (isGroup) throw new NotRead(start, "The spaces can part sizes or groups of digits: write x between sizes.");
  const wanted = entries ?? sizes.length;
  const extra = !batch && sizes.length === wanted + 1 && wanted > 1;
  const kept = extra ? sizes.slice(1) : sizes;
  if (kept.length !== wanted || (!entries && sizes.length > 3) || kept.length + batch < (entries === 1 ? 1 : 2)) {
    throw new NotRead(start, entries ? `${entries} sizes are asked for, ${sizes.length} are written.` : "This shape is not read here.");
  }
  return { value: kept.join("x"), shown: kept.join(" x "), unit: "" };
}
