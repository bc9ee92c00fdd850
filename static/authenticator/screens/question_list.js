// @ts-check
/**
 * Several requests at once: each with place and browser, one to choose.
 *
 * @import { Question } from "../questions/answers.js"
 */

import { timeOf } from "../protocol/clock.js";
import { copy, on, part, show } from "./page.js";
import { writeKnown } from "./prompt_details.js";

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
