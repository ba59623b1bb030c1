// Keeps the list of mails current. The mail that is being read is in a frame of its own and is left alone.
const list = document.getElementById("mails");
let shown = list.innerHTML;
setInterval(async () => {
  try {
    const current = await (await fetch("/mails")).text();
    if (current !== shown) list.innerHTML = shown = current;
  } catch {
    document.title = "Stopped - Mailbox - Countersign";
  }
}, 2000);
