/** The dialog in which a leader says what is to be done about a ticket, and by when. */

import { post } from "../api.js";
import { $, fill, notice } from "../dom.js";
import { problemWords } from "../problems.js";
import { serverNow } from "../format.js";
import { t } from "../words.js";
import { whatAndWhere } from "./words.js";

const USUAL_MS = 3 * 86_400_000;
const MOST_MS = 365 * 86_400_000; // what the server takes

/** @returns {(ticket, opener) => void | null} opens it; null where the page has none */
export function openInstruct(onSent) {
  const dialog = $("#instruct");
  if (!dialog) return null;
  const text = $("#instruct-text");
  const due = $("#instruct-due");
  let ticket = null;
  let key = "";

  $("#instruct-cancel").addEventListener("click", () => dialog.close());
  $("#instruct-form").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });

  async function send() {
    const at = new Date(due.value);
    if (!text.value.trim()) return say(t("leaders.text_missing"), text);
    if (!(at > serverNow())) return say(t("leaders.due_ahead"), due);
    if (at - serverNow() > MOST_MS) return say(t("leaders.due_far"), due);
    $("#instruct-send").disabled = true;
    try {
      const body = { text: text.value.trim(), due_at: at.toISOString(), key };
      await post(`/api/tickets/${ticket.id}/instructions`, body);
      dialog.close();
      onSent(ticket);
    } catch (reason) {
      say(problemWords(reason), text); // what was written stays
    } finally {
      $("#instruct-send").disabled = false;
    }
  }

  function say(words, field) {
    fill($("#instruct-said"), notice("bad", words));
    field.focus();
  }

  return function open(of) {
    ticket = of;
    key = crypto.randomUUID();
    text.value = "";
    due.value = local(new Date(serverNow().getTime() + USUAL_MS));
    fill($("#instruct-said"));
    const about = { id: String(of.id), what: whatAndWhere(of), agency: of.agency.short };
    $("#instruct-about").textContent = t("leaders.instruct_about", about);
    dialog.showModal();
    text.focus();
  };
}

// What the field takes: the time on this computer's wall, to the minute.
function local(moment) {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
