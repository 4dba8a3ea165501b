// A property tries a mutant for a second or two only: what survives that is seen by its neighbours, or counts
// as a survivor. Otherwise each of some thousand mutants would have every property to the end.
import * as fc from "fast-check";

fc.configureGlobal({ interruptAfterTimeLimit: 1_500 });
