// Keeps the messages current. A modal is left alone until another one, or none, is before the reader.
const feed = document.getElementById("feed");
const view = () => document.getElementById("state").dataset.view;
const loaded = view();
let shown = feed.innerHTML;
setInterval(async () => {
  // An open dialog is being read.
  if (feed.querySelector("details[open]")) return;
  try {
    const parsed = document.createElement("div");
    parsed.innerHTML = await (await fetch(feed.dataset.source)).text();
    if (parsed.innerHTML !== shown) {
      feed.replaceChildren(...parsed.childNodes);
      shown = feed.innerHTML;
    }
    if (view() !== loaded) location.reload();
  } catch {
    document.title = "Stopped - Slack stand-in - Countersign";
  }
}, 2000);
