/** Keys, signatures (AWS Signature Version 4), and the gates that ask for them. */
package dev.landfall.ingest.auth;
