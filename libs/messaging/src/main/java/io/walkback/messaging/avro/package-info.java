/// Domain records to Avro and back. The only place, with `catalog`, that sees generated classes.
///
/// Names decide: a component of a domain record and a field of its schema have one name. A component that is a
/// record itself and has no field of its name is spread over the fields of the enclosing record. A sealed
/// interface whose cases are declared inside it is one Avro record with the enum `variant` and the fields of all
/// cases. Every pair is checked when this package is first used: a component without a field, or a field without a
/// component, is our own fault and stops the process at its start, not at the first record of a rare kind.
@NullMarked
package io.walkback.messaging.avro;

import org.jspecify.annotations.NullMarked;
