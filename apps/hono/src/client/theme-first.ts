// Runs before the page is painted, so that a reload does not flash in the other theme.
import { rememberedTheme } from "./theme.js";

document.documentElement.dataset.theme = rememberedTheme();
