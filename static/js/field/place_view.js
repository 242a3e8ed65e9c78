/** The place of an order on the map, with its doubt, the crew and the way between them. */

import { $ } from "../dom.js";
import { openMap, whyNoMap } from "../map.js";
import { addOwnPlace, drawWay, openWay, showWay } from "./way.js";

const NEAR_ZOOM = 14;
const HEADING = ["ditugaskan", "diterima", "berangkat"];
const AT_PLACE = ["tiba"]; // with a patient on board the place lies behind

const isHeading = (task) => HEADING.includes(task?.state);

/** Opens its map with the first order: a crew that waits needs none. */
export function openPlace() {
  let ground = null;
  let shown = { task: null, fix: null, unit: null };
  let looked = "";
  const can = !whyNoMap(); // asked once: each question costs a drawing context
  const way = openWay(draw);

  /** @param task whose place is to be seen; null or without a place hides the map */
  function show(task, fix, unit) {
    shown = { task, fix, unit };
    way.follow(task?.incident && isHeading(task) ? task.id : null, fix);
    draw();
  }

  function draw() {
    const { task, fix, unit } = shown;
    const incident = task?.incident ?? null;
    const there = AT_PLACE.includes(task?.state);
    $("#task-map").hidden = !incident?.geometry || !can || !(there || isHeading(task));
    showWay($("#way"), way, isHeading(task) ? incident : null);
    if ($("#task-map").hidden) return;
    ground ??= open(incident);
    ground.showIncidents([incident]);
    ground.showUnits(fix || !unit ? [] : [unit]);
    ground.chooseVillage(incident.properties.village?.code ?? null);
    ground.showDoubt(doubtOf(incident));
    drawWay(ground, way, fix);
    look(incident, fix, unit);
  }

  // Once an order, and again with its way: the map must not run away under a finger.
  function look(incident, fix, unit) {
    const key = `${incident.id}/${incident.properties.version}/${Boolean(way.facts?.course)}`;
    if (key === looked) return;
    looked = key;
    const start = fix ? [fix.lon, fix.lat] : unit?.geometry?.coordinates;
    const spots = [incident.geometry.coordinates, ...(way.facts?.course?.coordinates ?? [])];
    if (start) spots.push(start);
    const [lons, lats] = [0, 1].map((axis) => spots.map((spot) => spot[axis]));
    ground.fit(
      [
        [Math.min(...lons), Math.min(...lats)],
        [Math.max(...lons), Math.max(...lats)],
      ],
      44,
    );
  }
  return { show };
}

function open(incident) {
  const [lon, lat] = incident.geometry.coordinates;
  const ground = openMap($("#map"), { still: true, view: { zoom: NEAR_ZOOM, lat, lon } });
  addOwnPlace(ground);
  window.tanggap = { map: ground.map, ready: ground.ready };
  return ground;
}

function doubtOf({ geometry, properties }) {
  const { radius_m, shape, villages } = properties.location ?? {};
  const [lon, lat] = geometry.coordinates;
  return radius_m || shape ? { shape, villages, point: { lon, lat }, radius_m } : null;
}
