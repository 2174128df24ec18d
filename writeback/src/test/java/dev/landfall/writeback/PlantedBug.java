package dev.landfall.writeback;

/**
 * A bug to be planted: one change of one source file, after which the simulation must find a broken promise. Each was a bug somewhere, some
 * of them here.
 */
enum PlantedBug {
    SKIP_THE_SYNC_OF_THE_INDEX("targets", "Decider", "fsync || put.hasRemote(),", "false,"),
    SKIP_THE_SYNC_OF_THE_FILE(
            "writeback",
            "AsyncChanges",
            "spec.durabilityIn(mode),\n                remote,\n                remote,\n                remote ?",
            "dev.landfall.model.Durability.OS, remote, remote, remote ?"),
    SKIP_THE_SYNC_OF_WHAT_S3_MAY_NOT_HAVE("writeback", "SyncChanges", "dirty ? Durability.FSYNC : ", ""),
    CLEAR_THE_MARK_BEFORE_THE_REPLY(
            "writeback",
            "Uploader",
            "return after(lane, place, record, attempts.bring(lane, place, Work.put(",
            "markClean(lane, record, null);\nreturn after(lane, place, record, attempts.bring(lane, place, Work.put("),
    MARK_CLEAN_WHATEVER_IS_THERE_NOW(
            "targets", "Decider", "!before.generation().equals(clean.generation())", "before.tombstone()"),
    IGNORE_412(
            "writeback",
            "Attempts",
            "metrics.conditionFailed();",
            "if (time.nanos() != 0) { return new Result.Done(null); }"),
    ADVANCE_ON_ERROR(
            "writeback",
            "Uploader",
            "if (lane.failures == 0) {",
            "if (outcome instanceof Outcome.Unclear) { yield markClean(lane, record, null); }\nif (lane.failures == 0) {"),
    TAKE_A_REFUSAL_FOR_DONE(
            "writeback", "Uploader", "-> refused(lane, record, refused);", "-> markClean(lane, record, null);"),
    FORGET_THE_TOMBSTONE("targets", "Decider", "delete.dirty() ? mark(before, number, now) : null", "null"),
    DO_NOT_DELETE_ON_S3(
            "writeback",
            "Uploader",
            "if (record.tombstone()) {",
            "if (record.tombstone()) { if (true) return markClean(lane, record, null);"),
    REUSE_GENERATIONS_AFTER_A_START(
            "targets", "Counter", "next = Math.max(mark, 1);", "next = Math.max(mark - BLOCK, 1);"),
    REUSE_GENERATIONS_BY_A_MARK_THAT_COMES_TOO_LATE(
            "targets",
            "Counter",
            "IndexKeys.numbers(newMark, epoch)), true)",
            "IndexKeys.numbers(next, epoch)), true)"),
    SEND_WITHOUT_AN_INTENT("writeback", "SyncChanges", "store.saveIntent(intent);", ""),
    TAKE_BACK_WHAT_S3_MAY_HAVE("writeback", "SyncChanges", "seen == null && unclear.over()", "seen == null"),
    SYNC_CHANGES_DO_NOT_SHUT_THE_GATE(
            "writeback", "CommitGate", "return !exclusive && (", "return (asExclusive || !exclusive || true) && ("),
    FORGET_THE_ATTEMPTS_OF_THE_LAST_RUN(
            "writeback",
            "Lanes",
            "if (cause == StartCause.RECOVERY || lastRun.mayBeTrying(record.key(), mark)) {",
            "if (false) {"),
    FORGET_ATTEMPTS_WITHOUT_AN_ANSWER("writeback", "Attempts", "if (!unclear.over()) {", "if (unclear.over()) {"),
    /** The late one can land while the acknowledged one is on its way. */
    LOOK_AT_THE_CLOCK_ONLY_WHEN_THE_REPLY_COMES(
            "writeback", "Uploader", "if (!lane.hazards.isEmpty()) {", "if (lane.hazardNanos(time.nanos()) > 0) {"),
    /** After a restart it can land on top of the next change. */
    FORGET_AN_ATTEMPT_ONCE_ANOTHER_OF_ITS_GENERATION_IS_ACKNOWLEDGED(
            "writeback",
            "Uploader",
            "if (!lane.hazards.isEmpty()) {",
            "lane.hazards.removeIf(h -> h.generation().equals(record.generation()));\nif (!lane.hazards.isEmpty()) {"),
    NEVER_LOOK_AGAIN(
            "writeback",
            "Uploader",
            "lane.held = null;\n        lane.unsettled = true;\n        Result result = attempts.settle(lane, place, Work.look(record));",
            "lane.held = null;\n        Result result = new Result.Done(null);\n        lane.hazards.clear();"),
    DO_NOT_FETCH_WHAT_A_POWER_CUT_TOOK("writeback", "TieredStore", "return cold.open(key, spec, record);", "throw e;");

    final String module;
    final String file;
    final String from;
    final String to;

    PlantedBug(String module, String file, String from, String to) {
        this.module = module;
        this.file = file;
        this.from = from;
        this.to = to;
    }

    /** The source file, from the root of the checkout. */
    String path() {
        return module + "/src/main/java/dev/landfall/" + module + "/" + file + ".java";
    }
}
