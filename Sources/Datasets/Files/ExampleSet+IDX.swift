import Diagnostics
package import Learning

extension ExampleSet {
    /// MNIST's: a part of it that lacks a class is learned by the same model.
    private static var fewestClasses: Int { 10 }
    /// A layer has weights for each of its inputs: an image far beyond this would make a model that fits into no memory.
    private static var mostPixels: Int { 1 << 20 }

    /// The examples of a file of images and a file of labels.
    ///
    /// - Parameters:
    ///   - images: of three dimensions.
    ///   - paths: the two files' paths, for errors.
    ///   - shape: what shape the images must have, with one channel; `nil`: whatever it is.
    ///   - classes: what labels must be below; `nil`: one more than the largest, ten at least.
    /// - Throws: a ``Problem`` of kind `data` when the images have another size, there are not as many labels as
    ///   images, or a label is not below `classes`.
    package init(
        images: IDXFile, labels: IDXFile, paths: (images: String, labels: String), shape: ImageShape? = nil,
        classes: Int? = nil
    ) throws {
        let found = ImageShape(channels: 1, height: images.dimensions[1], width: images.dimensions[2])
        let shape = shape ?? found
        guard found.count <= Self.mostPixels else {
            throw Problem(
                .data, "the images are of \(found.text), more than the \(Self.mostPixels) that models take",
                at: "\(paths.images), byte 8", remedy: "Scale them down.")
        }
        guard found == shape else {
            throw Problem(
                .data, "the images are of \(found.text), not \(shape.height) × \(shape.width)",
                at: "\(paths.images), byte 8", remedy: "Scale the images to \(shape.text).")
        }
        guard images.dimensions[0] == labels.dimensions[0] else {
            throw Problem(
                .data,
                "there are \(labels.dimensions[0]) labels, but \(images.dimensions[0]) images in \(paths.images)",
                at: "\(paths.labels), byte 4", remedy: "Use images and labels that belong together.")
        }
        let classes = classes ?? max(Self.fewestClasses, Int(labels.elements.max() ?? 0) + 1)
        if let place = labels.elements.firstIndex(where: { Int($0) >= classes }) {
            throw Problem(
                .data, "example \(place) has the label \(labels.elements[place]), which is not in 0 ... \(classes - 1)",
                at: "\(paths.labels), byte \(8 + place)", remedy: "Use labels from 0 to \(classes - 1).")
        }
        self.init(shape: shape, classes: classes, images: images.elements, labels: [UInt8](labels.elements))
    }

    /// The images as a file would hold them.
    ///
    /// - Precondition: there is at least one example, of one channel.
    package var imagesFile: IDXFile {
        IDXFile(dimensions: [count, shape.height, shape.width], elements: images)
    }

    /// The labels as a file would hold them.
    ///
    /// - Precondition: there is at least one example.
    package var labelsFile: IDXFile {
        IDXFile(dimensions: [count], elements: labels)
    }
}
