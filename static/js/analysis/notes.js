/** Notes on the map for a meeting: written by a click or with the keyboard, listed, taken back. */

import { del, get, post, withQuery } from "../api.js";
import { $, el, fill, icon, notice } from "../dom.js";
import { timeElement } from "../format.js";
import { problemWords } from "../problems.js";
import { t } from "../words.js";

/**
 * @param ground the map; @param onShown(notes) draws them, numbered; @param onMeeting(name) when
 *   another meeting is chosen
 */
export function openNotes({ ground, onShown, onMeeting }) {
  const [add, meeting, rows, said] = ["#note-add", "#meeting", "#notes-rows", "#notes-said"].map(
    (name) => $(name),
  );
  const dialog = openDialog();
  let notes = [];
  let aiming = false;

  async function read() {
    try {
      const answer = await get(withQuery("/api/analysis-notes", { meeting: meeting.value.trim() }));
      fill(
        $("#meetings"),
        answer.meetings.map((name) => el("option", { value: name })),
      );
      show(answer.notes);
    } catch (reason) {
      said.textContent = problemWords(reason);
    }
  }

  function show(given) {
    notes = given.map((note, at) => ({ ...note, number: String(at + 1) }));
    fill(rows, notes.map(row));
    said.textContent = notes.length ? "" : t("analysis.no_notes");
    onShown(notes);
  }

  function row(note) {
    const take_back = async (event) => {
      const button = event.currentTarget;
      button.disabled = true;
      try {
        await del(`/api/analysis-notes/${note.id}`);
        show(notes.filter(({ id }) => id !== note.id));
        said.textContent = t("analysis.note_gone");
        add.focus();
      } catch (reason) {
        said.textContent = problemWords(reason);
        button.disabled = false;
      }
    };
    const label = t("analysis.note_remove", { n: note.number });
    return el(
      "li",
      { "data-id": note.id },
      el("span", { class: "note-number", "aria-hidden": "true" }, note.number),
      el(
        "div",
        {},
        el("button", { type: "button", class: "linkish", onclick: () => look(note) }, note.words),
        el("span", { class: "quiet second" }, `${note.author}, `, timeElement(note.made_at)),
      ),
      note.own
        ? el(
            "button",
            {
              type: "button",
              class: "plain",
              title: label,
              "aria-label": label,
              onclick: take_back,
            },
            icon("trash-2"),
          )
        : null,
    );
  }

  const look = ({ lon, lat }) => ground.map?.jumpTo({ center: [lon, lat], zoom: 13 });

  /** Aim: the next click, or Enter with the map in focus, says where. */
  function aim(wanted) {
    aiming = wanted && Boolean(ground.map);
    add.setAttribute("aria-pressed", String(aiming));
    $("#aim").hidden = !aiming;
    said.textContent = aiming ? t("analysis.note_aim") : "";
    if (!aiming) return;
    const canvas = ground.map.getCanvas();
    canvas.focus();
    canvas.scrollIntoView({ block: "center" });
  }

  async function write({ lng, lat }) {
    aim(false);
    const point = { lon: lng, lat };
    const kept = await dialog.ask(point, (words) =>
      post("/api/analysis-notes", { ...point, words, meeting: meeting.value.trim() }),
    );
    if (kept) show([...notes, kept]);
    add.focus();
  }

  add.addEventListener("click", () => aim(!aiming));
  meeting.addEventListener("change", () => {
    onMeeting(meeting.value.trim());
    read();
  });
  $("#map").addEventListener("keydown", (event) => {
    if (!aiming || !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Enter") write(ground.map.getCenter());
    else {
      aim(false);
      add.focus();
    }
  });

  return {
    read,
    /** Whether the click was for a note; then nothing else is meant by it. */
    clicked(lngLat) {
      if (aiming) write(lngLat);
      return aiming || dialog.open();
    },
    chosen(id) {
      rows.querySelector(`[data-id="${id}"] button`)?.focus();
    },
    setMeeting(name) {
      meeting.value = name;
    },
    meeting: () => meeting.value.trim(),
    shown: () => notes.length > 0,
  };
}

function openDialog() {
  const [dialog, text, said] = [$("#note"), $("#note-text"), $("#note-said")];
  let keep = null;
  let done = null;

  $("#note-cancel").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => done?.(null));
  $("#note-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return say(t("analysis.note_empty"));
    $("#note-keep").disabled = true;
    try {
      const kept = await keep(words);
      done(kept);
      dialog.close();
    } catch (reason) {
      say(problemWords(reason)); // what was written stays
    } finally {
      $("#note-keep").disabled = false;
    }
  });

  function say(words) {
    fill(said, notice("bad", words));
    text.focus();
  }

  return {
    open: () => dialog.open,
    /** @returns {Promise<object | null>} what was kept */
    ask({ lon, lat }, keeper) {
      keep = keeper;
      text.value = "";
      fill(said);
      $("#note-where").textContent = `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
      dialog.showModal();
      text.focus();
      return new Promise((resolve) => (done = resolve));
    },
  };
}
