// Every behaviour listens on the document, so content swapped in by htmx works without a second start.
import { initAutosubmit } from "./autosubmit.js";
import { initCheckAll } from "./check-all.js";
import { initChosenFile } from "./chosen-file.js";
import { initConfirm } from "./confirm.js";
import { initCopy } from "./copy.js";
import { initFirstError } from "./first-error.js";
import { initFlash } from "./flash.js";
import { initForgetEdits } from "./forget-edits.js";
import { initHtmx } from "./htmx-setup.js";
import { initUpload } from "./upload.js";

initHtmx();
initFlash();
initConfirm();
initAutosubmit();
initCopy();
initUpload();
initChosenFile();
initCheckAll();
initForgetEdits();
initFirstError();
