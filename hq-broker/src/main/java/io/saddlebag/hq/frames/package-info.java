/** The steps that every frame of a client passes: its session, its turn, its action, the confirm. Knows no stage. */
package io.saddlebag.hq.frames;
