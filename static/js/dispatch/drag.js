/** The mouse way: a unit is dragged on an incident, in the queue or on the map. */

import { $ } from "../dom.js";

const KIND = "application/x-tanggap-unit";

/** onDropped(unitId, incidentId); isHeld() says whether something hangs on the mouse just now. */
export function openDrag({ ground, onDropped, onEnd }) {
  let held = null;

  function drag(element, { id, properties }) {
    element.draggable = true;
    element.addEventListener("dragstart", (event) => {
      held = id;
      event.dataTransfer.setData(KIND, String(id));
      event.dataTransfer.setData("text/plain", properties.call_sign);
      event.dataTransfer.effectAllowed = "link";
      document.body.classList.add("dragging");
    });
    element.addEventListener("dragend", end);
  }

  // No pointer moves while something is dragged. Where the row it came from is gone, no dragend
  // tells of the end: the board would stand still, and its alarms with it.
  addEventListener("pointermove", ({ buttons }) => held !== null && buttons === 0 && end());

  function end() {
    held = null;
    document.body.classList.remove("dragging");
    onEnd();
  }

  function drop(element, incidentOf) {
    const idAt = typeof incidentOf === "function" ? incidentOf : () => incidentOf;
    element.addEventListener("dragover", (event) => {
      if (held === null) return;
      const id = idAt(event);
      element.classList.toggle("drop", id !== null);
      if (id === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "link";
    });
    element.addEventListener("dragleave", () => element.classList.remove("drop"));
    element.addEventListener("drop", (event) => {
      element.classList.remove("drop");
      const id = idAt(event);
      if (held === null || id === null) return;
      event.preventDefault();
      onDropped(held, id);
    });
  }

  if (ground)
    drop($("#map"), ({ clientX, clientY }) => ground.incidentAt({ x: clientX, y: clientY }));
  return { drag, drop, isHeld: () => held !== null };
}
