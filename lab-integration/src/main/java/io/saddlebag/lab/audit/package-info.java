/** The audit of a laboratory: its journal against its folders. Reads only, beside a laboratory that may be at work. */
package io.saddlebag.lab.audit;
