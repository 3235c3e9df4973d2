// For tests, to be loaded into a program before the C library (LD_PRELOAD): counts what the program does to the files of a
// record so that it lasts, and goes wrong at one of these steps. The environment says how:
//
//   FED_FAULT_PATH     the record: steps on files whose path begins with it count
//   FED_FAULT_COUNTER  a file of 8 bytes that holds the number of steps so far, also after the program was killed
//   FED_FAULT_KILL     the number of the step before which the process is killed with SIGKILL
//   FED_FAULT_TORN     1: a write that the process is killed at has been done to one half
//   FED_FAULT_UNSYNCED 1: what was written and not synced is lost when the process is killed, as if the power had gone;
//                      2: some of it is
//   FED_FAULT_READ_ONLY 1: the database cannot be opened for writing; 2: nor can anything beside it
//   FED_FAULT_FULL     the number of the step from which on writes find the disk full
//
// A step is a write, a sync, a truncation or the removal of a file, as SQLite does them.
