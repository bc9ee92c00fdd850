// @ts-check
// Moments in the reader's own time zone. The server does not know it: it wrote them in its own,
// with the zone on hover.

const HOUR = 3_600_000;

const page = document.querySelector("[data-today]");
// 3 May, as the server writes it
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

/** @param {Intl.DateTimeFormatOptions} options */
const formatter = (options) => new Intl.DateTimeFormat(language, options);
const time = formatter({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = formatter({ weekday: "long" });
const day = formatter({ day: "numeric", month: "long" });
const dayAndYear = formatter({ day: "numeric", month: "long", year: "numeric" });
const exact = formatter({ dateStyle: "long", timeStyle: "short", hourCycle: "h23" });

/** @param {Date} at */
function midnight(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/**
 * Which of the server's sentences fits; "" within the last hour, which is the same hour everywhere.
 * @param {Date} at
 * @param {Date} now
 */
export function sentence(at, now) {
  if (now.getTime() - at.getTime() < HOUR) return "";
  const days = Math.round((midnight(now) - midnight(at)) / (24 * HOUR));
  return days > 6 ? "data-date" : (["data-today", "data-yesterday"][days] ?? "data-weekday");
}

/**
 * @param {Date} at
 * @param {Date} now
 */
export function spoken(at, now) {
  const name = sentence(at, now);
  const date = at.getFullYear() === now.getFullYear() ? day : dayAndYear;
  const words = (name && page?.getAttribute(name)) || "";
  return words
    .replace("%(time)s", time.format(at))
    .replace("%(day)s", weekday.format(at))
    .replace("%(date)s", date.format(at));
}

const now = new Date();
for (const element of page?.querySelectorAll("time[datetime]") ?? []) {
  const at = new Date(element.getAttribute("datetime") ?? "");
  if (Number.isNaN(at.getTime())) continue;
  element.setAttribute("title", exact.format(at));
  element.textContent = spoken(at, now) || element.textContent;
}
