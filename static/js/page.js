// What every page does; what only some pages need is fetched when they ask for it.
import "./submit-once.js";
import "./error-summary.js";
import "./details.js";

if (document.querySelector("[data-draft]")) {
  import("./drafts.js");
}
if (document.querySelector("[data-clock]")) {
  import("./clock.js");
}
if (document.querySelector("[data-idle]")) {
  import("./idle.js");
}
if (document.querySelector("[data-refresh]")) {
  import("./refresh.js");
}
