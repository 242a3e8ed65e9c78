/** The signs on the map, drawn on a canvas: shapes for priorities, squares for units. */

import { colour } from "./colour.js";

const RATIO = 2; // drawn double, for sharp screens
// Under way: a round plate, so that it is told from one that stands without its colour.
const ROUND = new Set(["berangkat", "membawa_pasien", "kembali"]);

const SHAPES = {
  1(pen) {
    polygon(pen, [13, 1.8], [24.2, 13], [13, 24.2], [1.8, 13]);
  },
  2(pen) {
    polygon(pen, [13, 2.8], [24, 22.4], [2, 22.4]);
  },
  3: (pen) => pen.arc(13, 13, 9, 0, 7),
  4: (pen) => pen.arc(13, 13, 7.2, 0, 7),
};

function polygon(pen, first, ...rest) {
  pen.moveTo(...first);
  for (const corner of rest) pen.lineTo(...corner);
  pen.closePath();
}

/** The colour of a priority, 1 gawat to 4 rendah. */
export const priorityColour = (priority) =>
  colour(["", "gawat", "tinggi", "sedang", "rendah"][priority]);

/** ◆ ▲ ● ○ with a rim that stands off every shade of load. */
export function prioritySheet(priority) {
  const pen = sheet(26);
  pen.lineJoin = "round";
  pen.beginPath();
  SHAPES[priority](pen);
  const own = priorityColour(priority);
  if (priority === 4) {
    ring(pen, colour("raised"), 7.5);
    ring(pen, own, 4);
  } else {
    ring(pen, colour("raised"), 4);
    pen.fillStyle = own;
    pen.fill();
  }
  return pen;
}

/** The same sign in a dashed ring: nobody is sure of its village. */
function unsureImage(priority) {
  const pen = sheet(42);
  pen.beginPath();
  pen.arc(21, 21, 18.5, 0, 7);
  ring(pen, colour("label-halo"), 4);
  pen.setLineDash([5, 3.6]);
  ring(pen, colour("ink"), 2);
  pen.setLineDash([]);
  pen.drawImage(prioritySheet(priority).canvas, 8, 8, 26, 26);
  return image(pen);
}

/** Draw along the path that was begun. */
export function ring(pen, strokeStyle, lineWidth) {
  Object.assign(pen, { strokeStyle, lineWidth });
  pen.stroke();
}

const PLATES = {
  siap: () => ({ plate: colour("raised"), rim: colour("accent"), ink: colour("accent") }),
  kembali: () => ({ plate: colour("raised"), rim: colour("accent"), ink: colour("accent") }),
  ditugaskan: () => ({ plate: colour("accent"), rim: colour("raised"), ink: colour("on-accent") }),
  berangkat: () => ({ plate: colour("accent"), rim: colour("raised"), ink: colour("on-accent") }),
  di_lokasi: () => ({ plate: colour("ink"), rim: colour("raised"), ink: colour("raised") }),
  membawa_pasien: () => ({ plate: colour("ink"), rim: colour("raised"), ink: colour("raised") }),
  di_faskes: () => ({ plate: colour("ink"), rim: colour("raised"), ink: colour("raised") }),
  lepas_dinas: () => ({ plate: colour("sunken"), rim: colour("quiet"), ink: colour("quiet") }),
};

/** A square with the picture of the kind; a dashed rim where the position is assumed. */
function unitImage(picture, state, assumed) {
  const pen = sheet(26);
  const { plate, rim, ink } = (PLATES[state] ?? PLATES.lepas_dinas)();
  pen.beginPath();
  pen.roundRect(2, 2, 22, 22, ROUND.has(state) ? 11 : 5);
  pen.fillStyle = plate;
  pen.fill();
  if (assumed && state === "siap") pen.setLineDash([3, 2.4]);
  ring(pen, rim, 2);
  pen.drawImage(tinted(picture, ink), 5.5, 5.5, 15, 15);
  return image(pen);
}

/** A pen on a square of so many points. */
export function sheet(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  return pen;
}

/** What was drawn, as the map takes it. */
export const image = (pen) => pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);

function tinted(picture, ink) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 30;
  if (!picture) return canvas;
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, 30, 30);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = ink;
  pen.fillRect(0, 0, 30, 30);
  return canvas;
}

const pictures = new Map();

/** The icon as a picture to draw from; null when it cannot be had: the square stays empty. */
function picture(name) {
  if (!pictures.has(name)) {
    const folder = document.querySelector('meta[name="icon-folder"]')?.content.split("?")[0];
    const drawn = new Image(30, 30);
    drawn.src = `${folder}/${name}.svg`;
    pictures.set(
      name,
      drawn.decode().then(
        () => drawn,
        () => null,
      ),
    );
  }
  return pictures.get(name);
}

/** Give the map a picture, or a new one under an old name. */
export function put(map, name, pixels) {
  if (map.hasImage(name)) map.updateImage(name, pixels);
  else map.addImage(name, pixels, { pixelRatio: RATIO });
}

/** Draw the four priorities into the map, sure and unsure, or anew in the colours of the hour. */
export function putPriorityImages(map) {
  for (const priority of [1, 2, 3, 4]) {
    put(map, `priority-${priority}`, image(prioritySheet(priority)));
    put(map, `priority-${priority}-unsure`, unsureImage(priority));
  }
}

/** Draw these squares: [name, {icon, state, assumed}]. All pictures are read before the first is put. */
export async function putUnitImages(map, images) {
  const pictures = await Promise.all(images.map(([, { icon }]) => picture(icon)));
  for (const [at, [name, { state, assumed }]] of images.entries())
    put(map, name, unitImage(pictures[at], state, assumed));
}

export const unitImageName = (icon, state, assumed) =>
  `unit-${icon}-${state}-${assumed ? "a" : "f"}`;
