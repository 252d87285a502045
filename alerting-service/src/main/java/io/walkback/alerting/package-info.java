/// The alerting-service: what must be known becomes known to a person, once, in time, and goes away when it is
/// over.
///
/// `rule` says what a fact means, `state` folds it into one alert per cause, `delivery` brings every sink to what
/// stands, `sink` speaks the languages of Slack and PagerDuty, `feed` is the edge to the topics, `api` to the web.
/// This package puts them together.
@NullMarked
package io.walkback.alerting;

import org.jspecify.annotations.NullMarked;
