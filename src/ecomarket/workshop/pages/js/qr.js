// A QR code as one picture, from rows of "0" and "1".

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 2;

/** The picture, dark on white whatever the scheme, with a quiet zone. */
export function qrPicture(rows) {
  const size = rows.length + 2 * QUIET;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("class", "qr");
  picture.setAttribute("aria-hidden", "true"); // the address stands beside it
  const ground = document.createElementNS(SVG, "rect");
  for (const [name, value] of [["width", size], ["height", size], ["fill", "#fff"]]) ground.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  let d = "";
  rows.forEach((row, y) => [...row].forEach((dot, x) => { if (dot === "1") d += `M${x + QUIET} ${y + QUIET}h1v1h-1z`; }));
  path.setAttribute("d", d);
  path.setAttribute("fill", "#000");
  picture.append(ground, path);
  return picture;
}
