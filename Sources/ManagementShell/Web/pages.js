// The pages of the dashboard, in the order of their links.

import { events } from "./pages/events/page.js";
import { members } from "./pages/members/page.js";
import { overview } from "./pages/overview/page.js";
import { points } from "./pages/points/page.js";

/**
 * A page is listed by what the dashboard must know of it:
 *
 * - `name`: the first word of its address, its element's id, its folder; `also`: other such words
 * - `title`: the key of its name in the catalogues; `style`: whether its folder has a `page.css`
 * - `make(element, session)`: called when somebody has signed in; `forget()`: when nobody is any more
 *
 * The object that `make` returns is told what happens; it needs only the methods that it wants:
 *
 * - `follow(word, rest, query)`: its address was opened; `leave()`: another page's was
 * - `listed()`: the list of stations was read, at first or after the stream was lost
 * - `update(view)`: a station has changed; `add(event)`: a record was stored
 * - `inputRead()`: what the service refused was counted anew
 * - `translate()`: the language was changed; `end()`: somebody has signed out
 */
export const pages = [overview, events, members, points];
