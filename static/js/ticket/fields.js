/** Fields that a step asks for: why, in which words; each says itself what is missing. */

import { el, fill } from "../dom.js";
import { t, wordFor } from "../words.js";

const REASONS = {
  bukan_wewenang: ["bukan_tugas", "bukan_wilayah", "milik_lain", "sudah_ditangani_lain", "lainnya"],
  ditunda: ["data_kurang", "tempat_tidak_jelas", "menunggu_pelapor", "lainnya"],
  diarsipkan: ["palsu", "ganda", "tidak_ditemukan", "tanpa_jawaban", "lainnya"],
  dibuka_kembali: ["belum_selesai", "bukti_tidak_sesuai", "lainnya"],
  dikerjakan: ["bukti_tidak_sesuai", "belum_selesai", "lainnya"],
};
const NOTE_MOST = 2000;
let count = 0;

/** A field with its label, its line for what is wrong, and how it takes and gives its value. */
export function field({ name, label, control, read, missing = () => null, hint = null }) {
  const wrong = el("span", { class: "t-wrong", id: `wrong-${++count}`, hidden: true });
  const id = `field-${count}`;
  control.id ||= id;
  const said = el("span", { class: "quiet small", id: `hint-${count}` }, hint ?? "");
  control.setAttribute("aria-describedby", `${wrong.id} ${said.id}`);
  const element = el(
    "div",
    { class: "field", "data-field": name },
    el("label", { for: control.id }, label),
    control,
    hint ? said : null,
    wrong,
  );
  return {
    name,
    element,
    read,
    focus: () => control.focus(),
    /** Whether it can be sent; what is missing is said beside it. */
    check() {
      this.refuse(missing());
      return wrong.hidden;
    },
    refuse(words) {
      wrong.hidden = !words;
      fill(wrong, words ?? "");
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    },
    dirty: () => Boolean(control.value?.trim?.()),
  };
}

/** Why, from the reasons that fit this step. */
export function reasonField(to) {
  const control = el(
    "select",
    {},
    el("option", { value: "" }, t("ticket.reason.choose")),
    (REASONS[to] ?? ["lainnya"]).map((code) =>
      el("option", { value: code }, wordFor("ticket_reason", code)),
    ),
  );
  return field({
    name: "reason",
    label: t("ticket.reason"),
    control,
    read: () => ({ reason: control.value || undefined }),
    missing: () => (control.value ? null : t("ticket.reason.missing")),
  });
}

/** Words for the room and the agency; `needed` says when they must be there. */
export function noteField({ needed = () => false, label = t("ticket.note") } = {}) {
  const control = el("textarea", { rows: 2, maxlength: NOTE_MOST });
  return field({
    name: "note",
    label,
    control,
    hint: t("ticket.note.inside"),
    read: () => ({ note: control.value.trim() || undefined }),
    missing: () => (needed() && !control.value.trim() ? t("ticket.note.missing") : null),
  });
}
