// Reads an answer as the grader does (layerquiz.grading.read), or says where it cannot: never another value.
// What is read here: one number, or sums, products, quotients and powers of numbers with or without "= result";
// every usual separator, decimal comma or point, suffixes and units; a shape of whole sizes. Words may stand in front
// or behind. `vocabulary` has the words, suffixes and units; it is made from the grader's own tables.
const LONGEST = 300;
const DEEPEST = 40;

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
