// What the reader of answers is made of: the text in plain signs, exact numbers, and one number as people spell it.
const MOST_DIGITS = 200;

class NotRead extends Error {
  constructor(place, reason) {
    super(reason);
    this.place = place;
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
