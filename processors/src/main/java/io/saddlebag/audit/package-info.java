/**
 * What an audit of any site is made of: findings, digests of what lies there, and a ledger that holds the sites' books
 * against each other. Only reads; knows no application.
 */
package io.saddlebag.audit;
