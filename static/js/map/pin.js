/** The pin that an operator sets: by click, by mouse, or with the arrow keys. */

import { Marker } from "maplibre-gl";

const STEP_M = 10;
const LEAP_M = 100;
const DEGREE_M = 111_195;

/** @returns {{set: (point: {lon, lat} | null) => void, at: () => ({lon, lat} | null)}} */
export function makePin(map, { label, onMove }) {
  const element = pinElement(label);
  const marker = new Marker({ element, anchor: "bottom", draggable: true });
  let shown = false;

  const at = () => {
    if (!shown) return null;
    const { lng, lat } = marker.getLngLat();
    return { lon: round(lng), lat: round(lat) };
  };

  marker.on("dragend", () => onMove(at()));
  element.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const metres = event.shiftKey ? LEAP_M : STEP_M;
    const { lng, lat } = marker.getLngLat();
    const degrees = metres / DEGREE_M;
    marker.setLngLat([
      lng + (step[0] * degrees) / Math.cos((lat * Math.PI) / 180),
      lat + step[1] * degrees,
    ]);
    onMove(at());
  });

  function set(point) {
    if (!point) {
      marker.remove();
      shown = false;
      return;
    }
    marker.setLngLat([point.lon, point.lat]);
    if (!shown) marker.addTo(map);
    shown = true;
  }
  return { set, at };
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// Seven decimals are a centimetre: more would be noise.
const round = (degrees) => Math.round(degrees * 1e7) / 1e7;

function pinElement(label) {
  const element = document.createElement("div");
  element.className = "pin";
  element.tabIndex = 0;
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", label);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 30 40");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute(
    "d",
    "M15 1.5a13 13 0 0 0-13 13C2 24.5 15 38.5 15 38.5s13-14 13-24a13 13 0 0 0-13-13",
  );
  const eye = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  eye.setAttribute("cx", "15");
  eye.setAttribute("cy", "14.5");
  eye.setAttribute("r", "5");
  svg.append(shape, eye);
  element.append(svg);
  return element;
}
