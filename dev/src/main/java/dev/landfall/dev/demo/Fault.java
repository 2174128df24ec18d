package dev.landfall.dev.demo;

/** What the demo can break on purpose, to show that it would notice. */
enum Fault {
    /** One object on S3 is damaged and one deleted, behind Landfall's back. */
    s3,
    /** The broker stops in the middle of the PUTs. */
    kafka,
    /** The transform's command fails. */
    transform
}
