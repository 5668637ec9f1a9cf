// Takes over the pages of who is signed in: what is shown there stays up to date.
import { createClient } from "./client.js";
import { followSession } from "./follow-session.js";
import { createNotes } from "./notes.js";
import { hideNotice } from "./notice.js";
import { createPreferences } from "./preferences.js";
import { createSessionsList } from "./sessions-list.js";
import { showStatus } from "./status.js";
import { showTimes } from "./time.js";

const client = createClient();

showTimes(document);
followSession(client);
showStatus(client);
createPreferences(client);
document.querySelector("#notice-close")?.addEventListener("click", hideNotice);
if (document.querySelector("#notes")) createNotes(client);
if (document.querySelector("#session-list")) createSessionsList(client);
