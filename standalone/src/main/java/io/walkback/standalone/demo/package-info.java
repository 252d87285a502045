/// `walkback demo`: a database with live writes, backups, a disaster and the way back, unattended, on real parts.
///
/// Every step does what it says through the front doors (REST, SQL, Kafka, HTTP) and measures it; a step whose
/// check does not hold ends the demo with its name. What the writer knows about its own commits is kept on the
/// client's side, in memory, and is what the restored rows are compared with, row by row.
///
/// ```
/// FOLDER/database            the PostgreSQL that is protected
/// FOLDER/platform            the platform's folder, as of `up`
/// FOLDER/restored            what is restored, with its run folder beside it
/// ```
///
/// The folder is removed when every check held, and kept with all logs when one did not.
@NullMarked
package io.walkback.standalone.demo;

import org.jspecify.annotations.NullMarked;
