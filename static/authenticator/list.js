// @ts-check
/** Several requests at once: each with place and browser, one to choose. */

import { timeOf } from "./api.js";
import { writeKnown } from "./facts.js";
import { copy, on, part, show } from "./page.js";

/** @typedef {import("./answers.js").Question} Question */

/** @param {Question[]} questions @param {(question: Question) => void} choose */
export function showList(questions, choose) {
  const screen = copy("screen-list");
  const rows = questions.map((question) => {
    const row = copy("row-question");
    writeKnown(row, question.context, timeOf(question.device));
    on(row, "choose", () => choose(question));
    return row;
  });
  part(screen, "rows")?.append(...rows);
  show(screen, "");
}
