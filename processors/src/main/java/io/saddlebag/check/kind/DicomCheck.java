package io.saddlebag.check.kind;

import io.saddlebag.check.format.DicomHeader;
import io.saddlebag.check.kind.Option.Form;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Kind {@code dicom}: each file is marked as de-identified, and all are of one patient and one study. Reads headers alone; a
 * header that it cannot read is a fault. It does not look for names in pixels or in other elements.
 */
public final class DicomCheck implements ContentCheck {
    public static final String NAME = "dicom";

    public static final List<Option> OPTIONS = List.of(
            Option.optional(
                    "de-identified", Form.SWITCH, "true", "Whether PatientIdentityRemoved (0012,0062) must be YES"),
            Option.optional("one-patient", Form.SWITCH, "true", "Whether all files must have the same PatientID"),
            Option.optional("one-study", Form.SWITCH, "true", "Whether all files must have the same StudyInstanceUID"),
            Option.optional(
                    "patient-id", Form.PATTERN, null, "A regular expression that the whole PatientID must match"));

    private static final int IDENTITY_REMOVED = 0x00120062;
    private static final int PATIENT_ID = 0x00100020;
    private static final int STUDY = 0x0020000D;
    private static final Set<Integer> WANTED = Set.of(IDENTITY_REMOVED, PATIENT_ID, STUDY);

    private final boolean mustBeDeidentified;
    private final boolean isOnePatient;
    private final boolean isOneStudy;
    private final Pattern patientId;

    public DicomCheck(Options options) {
        mustBeDeidentified = options.isOn("de-identified");
        isOnePatient = options.isOn("one-patient");
        isOneStudy = options.isOn("one-study");
        patientId = options.pattern("patient-id");
    }

    @Override
    public MessageCheck begin(Faults faults, Path work) {
        return new MessageCheck() {
            private final byte[] beginning = new byte[DicomHeader.MOST];
            private String patient;
            private String study;
            private long files;

            @Override
            public FileCheck file(String path, long size) {
                files++;
                return new FileCheck() {
                    private int length;
                    private boolean isWhole = true;

                    @Override
                    public void update(byte[] bytes, int offset, int count) {
                        int taken = Math.min(count, beginning.length - length);
                        System.arraycopy(bytes, offset, beginning, length, taken);
                        length += taken;
                        isWhole &= taken == count;
                    }

                    @Override
                    public void end() {
                        try {
                            judge(path, DicomHeader.read(beginning, length, isWhole, WANTED));
                        } catch (DicomHeader.MalformedException e) {
                            faults.add(path, 0, 0, e.getMessage());
                        }
                    }
                };
            }

            private void judge(String path, DicomHeader header) {
                String foundPatient = header.value(PATIENT_ID);
                String foundStudy = header.value(STUDY);
                if (mustBeDeidentified && !"YES".equals(header.value(IDENTITY_REMOVED))) {
                    faults.add(path, 0, 0, "PatientIdentityRemoved (0012,0062) to be YES");
                }
                if (patientId != null && (foundPatient == null || !Options.matches(patientId, foundPatient))) {
                    faults.add(path, 0, 0, "a PatientID (0010,0020) that matches " + patientId.pattern());
                }
                if (isOnePatient) {
                    patient = first(path, patient, foundPatient, "PatientID (0010,0020)");
                }
                if (isOneStudy) {
                    study = first(path, study, foundStudy, "StudyInstanceUID (0020,000D)");
                }
            }

            private String first(String path, String before, String found, String element) {
                if (found == null || found.isEmpty()) {
                    faults.add(path, 0, 0, "a " + element);
                    return before;
                }
                if (before != null && !before.equals(found)) {
                    faults.add(path, 0, 0, "the same " + element + " in all files");
                }
                return before == null ? found : before;
            }

            @Override
            public void end() {
                if (files == 0) {
                    faults.add(null, 0, 0, "at least one DICOM file, found none");
                }
            }
        };
    }
}
