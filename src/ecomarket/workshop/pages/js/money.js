// Whole numbers to text and back, exactly: cash in 0.0001 CNY, prices in cash a lot, a lot as a decimal string.
// Every amount is a BigInt here; nothing is rounded unless the name says so.

const CASH_PLACES = 4;

export const ten = (n) => 10n ** BigInt(n);

/** A whole number as BigInt; numbers come from JSON and are whole. */
export const whole = (n) => (typeof n === "bigint" ? n : BigInt(n));

/** "0.001" -> {n: 1n, places: 3}; null if it is no plain decimal. Full-width digits and separators are understood. */
export function decimal(text) {
  const plain = String(text)
    .replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, ".")
    .replace(/[,，\s\u00a0]/g, "")
    .replace(/[−－]/g, "-");
  const found = /^(-?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!found || !(found[2] || found[3])) return null;
  const places = (found[3] || "").length;
  const n = BigInt((found[2] || "0") + (found[3] || ""));
  return { n: found[1] ? -n : n, places };
}

/** n / 10^places with thousands separators, at least `least` decimals and no further trailing zeros. */
export function written(n, places, least = 0) {
  const sign = n < 0n ? "−" : "";
  const digits = (n < 0n ? -n : n).toString().padStart(places + 1, "0");
  const front = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  let back = places ? digits.slice(-places) : "";
  while (back.length > least && back.endsWith("0")) back = back.slice(0, -1);
  back = back.padEnd(least, "0");
  return sign + front + (back && "." + back);
}

/** The same without separators and with a plain minus: what a command or an input field holds. */
export const plain = (text) => text.replace(/,/g, "").replace("−", "-");

/** Cash in yuan, exact: whole yuan without decimals, else two, else four at most. */
export function yuan(cash) {
  const n = whole(cash);
  return written(n, CASH_PLACES, n % ten(CASH_PLACES) === 0n ? 0 : 2);
}

/** Cash in whole yuan, rounded half away from zero: for headlines alone. */
export function yuanRounded(cash) {
  const n = whole(cash);
  const half = n < 0n ? -ten(CASH_PLACES) / 2n : ten(CASH_PLACES) / 2n;
  return written((n + half) / ten(CASH_PLACES), 0);
}

export function amount(lots, lot) {
  const size = decimal(lot);
  return written(whole(lots) * size.n, size.places);
}

/** A price in CNY a unit as a fraction: price * 10^places / (10^4 * n). */
function perUnit(price, lot) {
  const size = decimal(lot);
  return { top: whole(price) * ten(size.places), bottom: ten(CASH_PLACES) * size.n };
}

const ENOUGH = 12; // decimals: a quotient that has not ended by then is cut, and only for looking at

/** Price in CNY a unit, exact within twelve decimals, with as many as a tick has. */
export function unitPrice(price, market) {
  const { top, bottom } = perUnit(price, market.lot);
  return written((top * ten(ENOUGH)) / bottom, ENOUGH, tickPlaces(market));
}

/** How many decimals one tick has, in CNY a unit. */
export function tickPlaces(market) {
  const { top, bottom } = perUnit(market.tick || 1, market.lot);
  const text = written((top * ten(ENOUGH)) / bottom, ENOUGH);
  const at = text.indexOf(".");
  return at < 0 ? 0 : text.length - at - 1;
}

/** An amount typed in, in lots: BigInt, or null if it is no whole number above 0. */
export function lotsOf(text, market) {
  const typed = decimal(text);
  const size = decimal(market.lot);
  if (!typed || typed.n <= 0n) return null;
  const top = typed.n * ten(size.places);
  const bottom = size.n * ten(typed.places);
  return top % bottom === 0n ? top / bottom : null;
}

/** A price typed in (CNY a unit) in cash a lot: BigInt, or null if it is no whole number of ticks above 0. */
export function priceOf(text, market) {
  const typed = decimal(text);
  const size = decimal(market.lot);
  if (!typed || typed.n <= 0n) return null;
  const top = typed.n * ten(CASH_PLACES) * size.n;
  const bottom = ten(typed.places + size.places);
  if (top % bottom !== 0n) return null;
  return (top / bottom) % whole(market.tick || 1) === 0n ? top / bottom : null;
}

/** A share as a percentage with one decimal, rounded half up, and a sign: "+0.5". */
export function percent(part, of) {
  const base = whole(of);
  if (base === 0n) return "";
  const tenths = (whole(part) * 2000n + (part < 0 ? -base : base)) / (2n * base);
  return (tenths > 0n ? "+" : "") + written(tenths, 1, 1);
}
